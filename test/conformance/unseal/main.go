// Command unseal opens what meshwright sealed and judges the bundle in it, with Go's standard library and nothing else.
//
//	unseal open KEY LABEL OUT < ITEMS     ITEMS: the JSON object spec.encryptedData; one file for each item in OUT
//	unseal verify DIR TIME                DIR: the files of cacerts; TIME: RFC 3339
//
// open follows the format of sealed-secrets (pkg/crypto/crypto.go): two octets with the length of the RSA-OAEP part,
// that part with a 32 octet session key in it, then AES-256-GCM with a nonce of zeroes.
// verify asks what istiod asks before it signs anything (security/pkg/pki/util/keycertbundle.go, Verify), and that the
// certificate is a CA at all; where there is a ca-crl.pem, also what istiod asks of it.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "unseal:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 4 && args[0] == "open":
		return open(args[1], args[2], args[3])
	case len(args) == 3 && args[0] == "verify":
		return verify(args[1], args[2])
	}
	return errors.New("usage: unseal open KEY LABEL OUT | unseal verify DIR TIME")
}

func open(keyFile, label, out string) error {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("no PEM in the key file")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return fmt.Errorf("the key is a %T", parsed)
	}
	var items map[string]string
	if err := json.NewDecoder(os.Stdin).Decode(&items); err != nil {
		return err
	}
	for name, sealed := range items {
		plain, err := unseal(key, label, sealed)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, filepath.Base(name)), plain, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func unseal(key *rsa.PrivateKey, label, sealed string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return nil, err
	}
	if len(raw) < 2 || len(raw) < 2+int(binary.BigEndian.Uint16(raw)) {
		return nil, errors.New("cut short")
	}
	wrapped, body := raw[2:2+binary.BigEndian.Uint16(raw)], raw[2+binary.BigEndian.Uint16(raw):]
	session, err := rsa.DecryptOAEP(sha256.New(), nil, key, wrapped, []byte(label))
	if err != nil {
		return nil, err
	}
	if len(session) != 32 {
		return nil, fmt.Errorf("the session key has %d octets", len(session))
	}
	block, err := aes.NewCipher(session)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, make([]byte, gcm.NonceSize()), body, nil)
}

func verify(dir, at string) error {
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return err
	}
	file := map[string][]byte{}
	for _, name := range []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"} {
		if file[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	block, _ := pem.Decode(file["ca-cert.pem"])
	if block == nil || block.Type != "CERTIFICATE" {
		return errors.New("ca-cert.pem has no certificate")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	roots, chain := x509.NewCertPool(), x509.NewCertPool()
	if !roots.AppendCertsFromPEM(file["root-cert.pem"]) || !chain.AppendCertsFromPEM(file["cert-chain.pem"]) {
		return errors.New("root-cert.pem or cert-chain.pem has no certificate")
	}
	// The default usage, serverAuth, is what istiod asks for: an EKU without it makes a CA useless.
	options := x509.VerifyOptions{Roots: roots, Intermediates: chain, CurrentTime: now}
	if _, err := certificate.Verify(options); err != nil {
		return fmt.Errorf("the chain does not verify: %w", err)
	}
	if _, err := tls.X509KeyPair(file["ca-cert.pem"], file["ca-key.pem"]); err != nil {
		return fmt.Errorf("the key does not belong to the certificate: %w", err)
	}
	if !certificate.BasicConstraintsValid || !certificate.IsCA || certificate.KeyUsage&x509.KeyUsageCertSign == 0 {
		return errors.New("the certificate is no CA")
	}
	crls, err := os.ReadFile(filepath.Join(dir, "ca-crl.pem"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return verifyCRLs(file["cert-chain.pem"], crls)
}

// verifyCRLs asks for a CRL of every certificate of the chain; istiod tells signers apart by their subjects.
func verifyCRLs(chain, crls []byte) error {
	missing := map[string]*x509.Certificate{}
	for block, rest := pem.Decode(chain); block != nil; block, rest = pem.Decode(rest) {
		signer, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return err
		}
		missing[signer.Subject.String()] = signer
	}
	for block, rest := pem.Decode(crls); block != nil; block, rest = pem.Decode(rest) {
		crl, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return fmt.Errorf("no CRL: %w", err)
		}
		for subject, signer := range missing {
			if crl.CheckSignatureFrom(signer) == nil {
				delete(missing, subject)
			}
		}
	}
	for subject := range missing {
		return fmt.Errorf("missing CRL signed by %s", subject)
	}
	return nil
}
