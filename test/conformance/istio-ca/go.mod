module meshwright.dev/istio-ca

// What it is built with is in ../istio/meshcheck/go.mod: see trust/istio-ca.ts.
go 1.26.0
