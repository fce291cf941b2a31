module meshwright.dev/conformance/external-secrets

go 1.24

// For its CustomResourceDefinitions alone; nothing of it is built.
require github.com/external-secrets/external-secrets v0.16.2
