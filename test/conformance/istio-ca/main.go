// Command istio-ca asks Istio's own code whether istiod would take a folder of `cacerts`, its CRLs among them.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"istio.io/istio/security/pkg/pki/util"
)

func main() {
	file := func(name string) string { return filepath.Join(os.Args[1], name) }
	crl := file("ca-crl.pem")
	if _, err := os.Stat(crl); err != nil {
		crl = ""
	}
	_, err := util.NewVerifiedKeyCertBundleFromFile(
		file("ca-cert.pem"), file("ca-key.pem"), []string{file("cert-chain.pem")}, file("root-cert.pem"), crl)
	if err != nil {
		fmt.Fprintln(os.Stderr, "istio-ca:", err)
		os.Exit(1)
	}
}
