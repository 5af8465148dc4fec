// Looks at pages with Crawlee and Puppeteer, as their documentation shows it: PuppeteerCrawler, shared context, fingerprints off, the
// page's HTML, a picture of its screen and one of the whole page once the network has been quiet. Prints one JSON object.
// Arguments: browser, resolver rules, addresses' prefix, number of pages, tabs, quiet milliseconds, greatest height of a picture.
import { Configuration, PuppeteerCrawler, log } from '@crawlee/puppeteer';
import puppeteer from 'puppeteer-core';

const [browser, rules, prefix, count, tabs, quiet, height] = process.argv.slice(2);
log.setLevel(log.LEVELS.ERROR);
let pages = 0, bytes = 0, wallets = 0, failed = 0;
const crawler = new PuppeteerCrawler({
  launchContext: {
    launcher: puppeteer,
    launchOptions: {
      executablePath: browser, headless: true,
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--host-resolver-rules=' + rules],
    },
  },
  browserPoolOptions: { useFingerprints: false },
  minConcurrency: Number(tabs), maxConcurrency: Number(tabs), maxRequestRetries: 0,
  preNavigationHooks: [async ({ page }, options) => { options.waitUntil = 'load'; await page.setViewport({ width: 1280, height: 800 }); }],
  async requestHandler({ page }) {
    await page.waitForNetworkIdle({ idleTime: Number(quiet) });
    const html = await page.content();
    const screen = await page.screenshot({ type: 'png', optimizeForSpeed: true });
    const size = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
    const whole = await page.screenshot({ type: 'png', optimizeForSpeed: true, captureBeyondViewport: true,
      clip: { x: 0, y: 0, width: size[0], height: Math.min(size[1], Number(height)) } });
    if (screen.length > 0 && whole.length > 0) pages++;
    if (html.includes('Deposit address:')) wallets++;
    bytes += html.length;
  },
  failedRequestHandler() { failed++; },
}, new Configuration({ persistStorage: false, purgeOnStart: false, availableMemoryRatio: 0.5 }));
const requests = Array.from({ length: Number(count) }, (_, i) => prefix + i + '/');
await crawler.run(requests.slice(0, Number(tabs)).map((u) => u + '?warm')); // the browser's start does not count
pages = bytes = wallets = 0;
const start = process.hrtime.bigint();
await crawler.run(requests);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(JSON.stringify({ pages, wallets, failed, bytes, seconds, rss: process.memoryUsage.rss() }));
await crawler.teardown();
process.exit(0);
