// Command fit learns the weights of verdicts.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	for _, p := range packages() {
		if _, err := fetchPackage(context.Background(), os.TempDir(), p); err != nil {
			fmt.Fprintln(os.Stderr, "fit:", err)
			os.Exit(1)
		}
	}
}
