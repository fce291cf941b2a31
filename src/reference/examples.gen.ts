/** Generated from fixtures/invalid by `npm run docs`. DO NOT EDIT. */
import type { Examples } from './codes.ts'

export const EXAMPLES: Examples = {
  'MESH-E101': `mesh.yaml:4:1: error MESH-E101: cannot be read as YAML: Map keys must be unique
4 | kind: Mesh
  | ^`,
  'MESH-E103': `mesh.yaml:1:1: error MESH-E103: the file is not UTF-8 text`,
  'MESH-E104': `mesh.yaml:1:1: error MESH-E104: aliases (*name) expand to too much; at most 10000 nodes may come from them`,
  'MESH-E105': `mesh.yaml:27:1: error MESH-E105: the file holds 2 YAML documents; one is expected`,
  'MESH-E106': `mesh.yaml:1:1: error MESH-E106: the file says nothing`,
  'MESH-E107': `services/a.yaml:5:1: error MESH-E107: the file was merged and not resolved: git left both sides between markers
5 | <<<<<<< HEAD
  | ^^^^^^^^^^^^`,
  'MESH-E110': `mesh.yaml:7:51: error MESH-E110: unknown key installed in defaults.cluster.gateway
7 |   cluster: { trust: { current: none }, gateway: { installed: none } }
  |                                                   ^^^^^^^^^`,
  'MESH-E111': `mesh.yaml:2:1: error MESH-E111: the mesh has no metadata
2 | apiVersion: meshwright.dev/v1
  | ^^^^^^^^^^^`,
  'MESH-E112': `mesh.yaml:5:9: error MESH-E112: metadata.name is 12; expected a string
5 |   name: 12
  |         ^^`,
  'MESH-E113': `mesh.yaml:2:13: error MESH-E113: apiVersion is "meshwright.dev/v2"
2 | apiVersion: meshwright.dev/v2
  |             ^^^^^^^^^^^^^^^^^`,
  'MESH-E114': `mesh.yaml:21:57: error MESH-E114: services[0].traffic.connectionPool.tcp.connectTimeout is "2 seconds", which is not of the form ^[1-9][0-9]{0,5}(ms|s|m|h)$
21 |     traffic: { connectionPool: { tcp: { connectTimeout: 2 seconds } } }
   |                                                         ^^^^^^^^^`,
  'MESH-E120': `mesh.yaml:8:11: error MESH-E120: pattern "services/**.yaml" has ** beside other characters: write **/*
8 | include: ['services/**.yaml']
  |           ^^^^^^^^^^^^^^^^^^`,
  'MESH-E121': `mesh.yaml:8:11: error MESH-E121: pattern "../services/*.yaml" begins above the mesh file, whose folder is the root of its Git repository, or in none
8 | include: [../services/*.yaml]
  |           ^^^^^^^^^^^^^^^^^^`,
  'MESH-E122': `mesh.yaml:8:11: error MESH-E122: pattern "service/*.yaml" finds no file
8 | include: [service/*.yaml]
  |           ^^^^^^^^^^^^^^`,
  'MESH-E130': `apps/x.yaml:1:1: error MESH-E130: the file is a template (it has {{), and no manifest yet
1 | {{- if .Values.export }}
  | ^^
apps/x.yaml:1: Block collections are not allowed within flow collections`,
  'MESH-E131': `apps/x.yaml:4:9: error MESH-E131: Service x names no namespace
4 |   name: x
  |         ^`,
  'MESH-E132': `apps/x.yaml:9:9: error MESH-E132: Service x.y cannot be exported: it is of type ExternalName: a name for something else, without pods
9 |   type: ExternalName
  |         ^^^^^^^^^^^^`,
  'MESH-E136': `mesh.yaml:18:16: error MESH-E136: svc-1.foo is said to run in cluster-1, and a manifest of cluster-2 exports it
18 |     clusters: [cluster-1]
   |                ^^^^^^^^^
apps/x.yaml:4: exported here, of cluster-2`,
  'MESH-E201': `mesh.yaml:9:24: error MESH-E201: namespace "Argo" is not a DNS label
9 |   argocd: { namespace: Argo, project: a_b }
  |                        ^^^^`,
  'MESH-E202': `mesh.yaml:12:11: error MESH-E202: cluster cluster-1 is there twice
12 |   - name: cluster-1
   |           ^^^^^^^^^
mesh.yaml:9: the first one`,
  'MESH-E203': `services/foo.yaml:3:19: error MESH-E203: service svc-1.foo is there twice
3 | metadata: { name: svc-1, namespace: foo }
  |                   ^^^^^
mesh.yaml:14: the first one`,
  'MESH-E204': `mesh.yaml:21:48: error MESH-E204: svc-1.foo has port 80 twice
21 |       - { name: tcp, port: 8000, consumerPort: 80, protocol: TCP }
   |                                                ^^`,
  'MESH-E205': `mesh.yaml:19:51: error MESH-E205: consumerPort 70000 is not a port
19 |     ports: [{ name: http, port: 80, consumerPort: 70000, protocol: HTTP }]
   |                                                   ^^^^^`,
  'MESH-E206': `mesh.yaml:17:11: error MESH-E206: svc-1.foo.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa has 261 characters; a DNS name has at most 253
17 |   - name: svc-1
   |           ^^^^^`,
  'MESH-E207': `mesh.yaml:8:14: error MESH-E207: there is no cluster cluster-3
8 |   - cluster: cluster-3
  |              ^^^^^^^^^`,
  'MESH-E208': `mesh.yaml:5:3: error MESH-E208: the mesh has no clusters
5 |   name: shop
  |   ^^^^^`,
  'MESH-E210': `mesh.yaml:27:28: error MESH-E210: cluster-2 runs svc-2.bar and is named as its consumer, but before Istio 1.30 (1.29) it could not prefer its own pods
27 |     consumers: [{ cluster: cluster-2 }]
   |                            ^^^^^^^^^`,
  'MESH-E211': `mesh.yaml:10:23: error MESH-E211: Istio 1.18.2 is not supported: before 1.22 the API networking.istio.io/v1 is not served, and from 1.8 on the *.global gateway of 1.6 is gone
10 |     istio: { version: "1.18.2" }
   |                       ^^^^^^^^`,
  'MESH-E213': `mesh.yaml:14:41: error MESH-E213: gateway address "203.0.113.7" is there twice
14 |     gateway: { addresses: [203.0.113.7, 203.0.113.7] }
   |                                         ^^^^^^^^^^^`,
  'MESH-E215': `mesh.yaml:6:36: error MESH-E215: validity "2y" is not a number of days
6 | trust: { intermediate: { validity: 2y } }
  |                                    ^^`,
  'MESH-E216': `mesh.yaml:9:30: error MESH-E216: Secret "my_key" is not a DNS name
9 |   flux: { secretRef: { name: my_key }, verify: { secretRef: { name: "" } } }
  |                              ^^^^^^`,
  'MESH-E217': `mesh.yaml:14:61: error MESH-E217: label istio: "east west" is not a Kubernetes label
14 |     gateway: { addresses: [203.0.113.7], selector: { istio: "east west" } }
   |                                                             ^^^^^^^^^^^`,
  'MESH-E218': `mesh.yaml:10:22: error MESH-E218: path "../Corefile" does not stay in the folder of the mesh file
10 |     dns: { corefile: ../Corefile }
   |                      ^^^^^^^^^^^`,
  'MESH-E219': `mesh.yaml:10:15: error MESH-E219: locality "eu west" is not region or region/zone
10 |     locality: eu west
   |               ^^^^^^^`,
  'MESH-E220': `mesh.yaml:26:71: error MESH-E220: svc-2.bar names consumer cluster-1 twice
26 |     consumers: [{ cluster: cluster-1, namespaces: [foo] }, { cluster: cluster-1 }]
   |                                                                       ^^^^^^^^^`,
  'MESH-E221': `mesh.yaml:10:24: error MESH-E221: "10.1.0.0/8" has bits set behind its prefix
10 |     networks: { pods: [10.1.0.0/8] }
   |                        ^^^^^^^^^^`,
  'MESH-E222': `mesh.yaml:22:16: error MESH-E222: namespace kustomization would need the file services/kustomization.yaml, which Kustomize reads as its index
22 |     namespace: kustomization
   |                ^^^^^^^^^^^^^`,
  'MESH-E223': `mesh.yaml:6:13: error MESH-E223: hostSuffix in-addr.arpa and arpa, the reverse zones of all addresses, lie within each other
6 | hostSuffix: in-addr.arpa
  |             ^^^^^^^^^^^^`,
  'MESH-E226': `mesh.yaml:19:46: error MESH-E226: services[0].ports[0].protocol is "UDP", which is not TCP, and a gateway passes on TCP alone
19 |     ports: [{ name: dns, port: 53, protocol: UDP }]
   |                                              ^^^`,
  'MESH-E227': `mesh.yaml:21:9: error MESH-E227: port 8000 of svc-1.foo is HTTP and TCP
21 |       - { name: tcp, port: 8000, consumerPort: 80, protocol: TCP }
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E228': `mesh.yaml:21:66: error MESH-E228: svc-1.foo has traffic.loadBalancer.consistentHash.httpHeaderName, and its ports speak TCP
21 |     traffic: { loadBalancer: { consistentHash: { httpHeaderName: x-user } } }
   |                                                                  ^^^^^^`,
  'MESH-E229': `mesh.yaml:22:16: error MESH-E229: cluster-1 runs svc-1.foo and consumes it, and its pods are not known to listen on 6379 themselves
22 |     consumers: [{ cluster: cluster-1 }]
   |                ^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E235': `mesh.yaml:27:23: error MESH-E235: subset v2 of svc-2.bar has labels and is existing
27 |     subsets: [{ name: v2, labels: { version: v2 }, existing: true }]
   |                       ^^`,
  'MESH-E236': `mesh.yaml:23:45: error MESH-E236: svc-2.bar has no subset v3
23 |     clusters: [{ name: cluster-2, subsets: [v3] }]
   |                                             ^^`,
  'MESH-E237': `mesh.yaml:28:34: error MESH-E237: a route of svc-2.bar matches a method that is an empty text
28 |     routes: [{ match: [{ method: { exact: "" } }], to: [{ subset: v2 }] }, { to: [{}] }]
   |                                  ^^^^^^^^^^^^^`,
  'MESH-E238': `mesh.yaml:29:14: error MESH-E238: cluster-3 calls subset v2 of svc-2.bar in an order, and Istio keeps none for a subset while a gateway has a name such as cluster-1-gw.example.com
29 |     subsets: [{ name: v2, labels: { version: v2 } }]
   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E239': `mesh.yaml:28:20: error MESH-E239: the weights of a route of svc-2.bar are not said for the service itself
28 |     routes: [{ to: [{ subset: v2, weight: 20 }, {}] }]
   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E240': `mesh.yaml:7:12: error MESH-E240: delivery.repoURL holds a user name or a token`,
  'MESH-E241': `mesh.yaml:7:12: error MESH-E241: delivery.repoURL is not a URL that Argo CD and Flux both take: it does not begin with https://, ssh:// or http://
7 |   repoURL: file:///srv/git/shop.git
  |            ^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E242': `mesh.yaml:6:21: error MESH-E242: delivery.branch "refs/heads/main" is not a name of a branch
6 | delivery: { branch: refs/heads/main }
  |                     ^^^^^^^^^^^^^^^`,
  'MESH-E243': `mesh.yaml:9:9: error MESH-E243: delivery.path "../output" is not a folder of the repository
9 |   path: ../output
  |         ^^^^^^^^^`,
  'MESH-E244': `mesh.yaml:14:23: error MESH-E244: delivery.name "prod-*" is not a name of a cluster that an AppProject can hold
14 |     delivery: { name: "prod-*" }
   |                       ^^^^^^^^`,
  'MESH-E245': `mesh.yaml:13:11: error MESH-E245: cluster-1 and cluster-2 are both cluster-1 in Argo CD
13 |   - name: cluster-2
   |           ^^^^^^^^^`,
  'MESH-E246': `mesh.yaml:9:21: error MESH-E246: delivery.flux.interval "5 minutes" is not an interval
9 |   flux: { interval: 5 minutes }
  |                     ^^^^^^^^^`,
  'MESH-E247': `mesh.yaml:5:9: error MESH-E247: mesh name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is too long for Flux: with the name of a folder it becomes a label, which has at most 63 characters
5 |   name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E248': `mesh.yaml:9:22: error MESH-E248: delivery.argocd.project default is a project of Argo CD itself
9 |   argocd: { project: default }
  |                      ^^^^^^^`,
  'MESH-E250': `mesh.yaml:28:28: error MESH-E250: the routes of svc-2.bar go on behind one that takes all requests
28 |     routes: [{ to: [{}] }, { match: [{ uri: { prefix: /api } }], to: [{ subset: v2 }] }]
   |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E251': `mesh.yaml:28:20: error MESH-E251: a route of svc-2.bar sends all its requests to v2, where nobody serves
28 |     routes: [{ to: [{ subset: v2 }] }]
   |                    ^^^^^^^^^^^^^^^^`,
  'MESH-E253': `mesh.yaml:27:14: error MESH-E253: svc-2.bar has routes, and no port of HTTP, HTTP2 or GRPC
27 |     routes: [{ to: [{ cluster: cluster-2 }] }]
   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E254': `mesh.yaml:27:68: error MESH-E254: perTryTimeout of svc-2.bar is 2s
27 |     traffic: { timeout: 1s, retries: { attempts: 2, perTryTimeout: 2s } }
   |                                                                    ^^`,
  'MESH-E257': `mesh.yaml:6:51: error MESH-E257: root r1 is named twice
6 | trust: { roots: [{ id: r1, state: active }, { id: r1, state: trusted }] }
  |                                                   ^^`,
  'MESH-E258': `mesh.yaml:6:17: error MESH-E258: no root is active
6 | trust: { roots: [{ id: r1, state: trusted }] }
  |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E259': `mesh.yaml:12:11: error MESH-E259: cluster.local, a trust domain that cluster-2 had, is that of cluster-1
12 |   - name: cluster-2
   |           ^^^^^^^^^`,
  'MESH-E260': `mesh.yaml:27:20: error MESH-E260: svc-2.bar says authorization, but not which pods it has
27 |     authorization: { from: [{ namespaces: [foo] }], local: [] }
   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E261': `mesh.yaml:28:20: error MESH-E261: authorization of svc-2.bar does not say who may call within cluster-2 itself
28 |     authorization: { from: [{ namespaces: [foo] }] }
   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E262': `mesh.yaml:28:49: error MESH-E262: authorization lets namespace shop call svc-2.bar, and consumers does not have it
28 |     authorization: { from: [{ namespaces: [foo, shop] }], local: [] }
   |                                                 ^^^^`,
  'MESH-E263': `mesh.yaml:28:20: error MESH-E263: svc-2.istio-system is in istio-system, the root namespace of Istio in cluster-2
28 |     authorization: { from: [{ namespaces: [foo] }], local: [] }
   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E269': `mesh.yaml:22:11: error MESH-E269: callers of svc-2.bar in cluster-1 are of trust domain cluster.local, which cluster-2 would take for its own
22 |   - name: svc-2
   |           ^^^^^`,
  'MESH-E272': `mesh.yaml:23:27: error MESH-E272: svc-2.bar names cluster cluster-2 twice
23 |     clusters: [cluster-2, cluster-2]
   |                           ^^^^^^^^^`,
  'MESH-E273': `mesh.yaml:22:15: error MESH-E273: svc-2.bar is called where it is nearest, and there is no locality of cluster-2
22 |     clusters: [cluster-1, cluster-2]
   |               ^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E274': `mesh.yaml:27:34: error MESH-E274: the order of svc-2.bar is not said
27 |     traffic: { failover: { mode: ordered } }
   |                                  ^^^^^^^`,
  'MESH-E275': `mesh.yaml:23:15: error MESH-E275: the weights of svc-2.bar add up to 110
23 |     clusters: [{ name: cluster-1, weight: 30 }, { name: cluster-2, weight: 80 }]
   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E276': `mesh.yaml:27:51: error MESH-E276: svc-2.bar has a failover order, which counts with traffic.failover.mode: ordered only
27 |     traffic: { failover: { mode: locality, order: [cluster-1, cluster-2] } }
   |                                                   ^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E277': `mesh.yaml:24:15: error MESH-E277: svc-2.bar runs in clusters of different domains: cluster-1 in cluster.local; cluster-2 in corp.example
24 |     clusters: [cluster-1, cluster-2]
   |               ^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E278': `mesh.yaml:31:34: error MESH-E278: cluster-3 (Istio 1.29) calls svc-2.bar in an order, and before 1.30 there is none among DNS names such as cluster-1-gw.example.com
31 |     traffic: { failover: { mode: ordered, order: [cluster-1, cluster-2] } }
   |                                  ^^^^^^^`,
  'MESH-E279': `mesh.yaml:23:15: error MESH-E279: svc-2.bar drains, and none of its clusters serves
23 |     clusters: [{ name: cluster-1, state: exposed }, { name: cluster-2, state: draining }]
   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E282': `apps/cluster-2/x.yaml:10:10: error MESH-E282: the Service x.y has other ports in cluster-2 than in cluster-1
10 |   ports: [{ name: http, port: 81 }]
   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^
apps/cluster-1/x.yaml:10: those in cluster-1`,
  'MESH-E290': `mesh.yaml:10:18: error MESH-E290: cluster-1 runs Istio in ambient mode: its proxies send no SNI of ours and take none, so they reach no gateway of another cluster and are reached by none
10 |       dataplane: ambient
   |                  ^^^^^^^`,
  'MESH-E291': `mesh.yaml:23:11: error MESH-E291: svc-2.bar runs in cluster-1 (Istio 1.7) and cluster-2 (Istio 1.30), whose gateways know it by other names
23 |   - name: svc-2
   |           ^^^^^`,
  'MESH-E294': `mesh.yaml:15:22: error MESH-E294: cluster-1 has Istio 1.22; replicas, spreading, resources or a Service of its own kind for gateways that istiod installs needs 1.26 or later
15 |         serviceType: NodePort
   |                      ^^^^^^^^`,
  'MESH-E295': `mesh.yaml:9:52: error MESH-E295: cluster-1 has Istio 1.24; a revision tag (istio.tag) on a Gateway of the Kubernetes Gateway API needs 1.24.3 or later
9 |     istio: { version: '1.24', revision: 1-24, tag: prod }
  |                                                    ^^^^`,
  'MESH-E296': `mesh.yaml:13:53: error MESH-E296: gateway.workload.annotations.sidecar.istio.io/proxyImage of cluster-1 is for Istio, not for a load balancer
13 |         annotations: { sidecar.istio.io/proxyImage: other, 'a b': c }
   |                                                     ^^^^^`,
  'MESH-E302': `mesh.yaml:6:22: error MESH-E302: the pool 240.16.0.0/28 is not between /8 and /26
6 | addresses: { cidrs: [240.16.0.0/28] }
  |                      ^^^^^^^^^^^^^`,
  'MESH-E303': `mesh.yaml:6:22: error MESH-E303: the pool 127.0.0.0/16 overlaps 127.0.0.0/8, the loopback range, which Istio may redirect to the inbound listener
6 | addresses: { cidrs: [127.0.0.0/16] }
  |                      ^^^^^^^^^^^^`,
  'MESH-E305': `mesh.yaml:6:24: error MESH-E305: 10.0.0.0/8 is not inside of the pool 240.16.0.0/12
6 | addresses: { exclude: [10.0.0.0/8] }
  |                        ^^^^^^^^^^`,
  'MESH-E306': `mesh.yaml:31:14: error MESH-E306: svc-3.bar demands 240.31.255.255, which is the broadcast address of the pool
31 |     address: 240.31.255.255
   |              ^^^^^^^^^^^^^^`,
  'MESH-E307': `mesh.yaml:36:14: error MESH-E307: svc-4.bar and svc-3.bar both demand 240.16.0.9
36 |     address: 240.16.0.9
   |              ^^^^^^^^^^`,
  'MESH-E308': `mesh.yaml:26:14: error MESH-E308: svc-2.bar has 240.31.3.223 in the lock, but demands 240.16.0.9
26 |     address: 240.16.0.9
   |              ^^^^^^^^^^`,
  'MESH-E309': `mesh.yaml:31:14: error MESH-E309: svc-3.bar demands 240.20.4.3, which belongs to svc-1.foo
31 |     address: 240.20.4.3
   |              ^^^^^^^^^^`,
  'MESH-E310': `mesh.yaml:6:22: error MESH-E310: svc-1.foo has 240.20.4.3, which is not inside of the pool 10.200.0.0/16
6 | addresses: { cidrs: [10.200.0.0/16] }
  |                      ^^^^^^^^^^^^^`,
  'MESH-E311': `mesh.lock/hosts/bar/svc-2.yaml: error MESH-E311: 240.31.3.223 belongs to svc-2.bar and svc-9.bar`,
  'MESH-E315': `mesh.yaml:12:11: error MESH-E315: 240.20.4.3, the gateway of cluster-2, lies inside of the pool 240.16.0.0/12
12 |   - name: cluster-2
   |           ^^^^^^^^^`,
  'MESH-E401': `sealing/cluster-3.pem:1:1: error MESH-E401: expected one certificate in PEM, found no PEM block
1 | kubeseal: error: cannot fetch certificate
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E402': `sealing/cluster-3.pem:29:1: error MESH-E402: sealing/cluster-3.pem has more than one certificate; a value is sealed for exactly one
29 | -----BEGIN CERTIFICATE-----
   | ^^^^^^^^^^`,
  'MESH-E403': `sealing/cluster-3.pem:1:1: error MESH-E403: the certificate has a key of type ec; the sealed-secrets controller uses RSA
1 | -----BEGIN CERTIFICATE-----
  | ^^^^^^^^^^`,
  'MESH-E404': `sealing/cluster-3.pem:1:1: error MESH-E404: the RSA key has 1024 bits; at least 2048 are needed to seal a CA key
1 | -----BEGIN CERTIFICATE-----
  | ^^^^^^^^^^`,
  'MESH-E405': `sealing/cluster-3.pem:1:1: error MESH-E405: the certificate ended on 2026-01-01
1 | -----BEGIN CERTIFICATE-----
  | ^^^^^^^^^^`,
  'MESH-E406': `sealing/cluster-3.pem:1:1: error MESH-E406: the certificate begins on 2027-01-01
1 | -----BEGIN CERTIFICATE-----
  | ^^^^^^^^^^`,
  'MESH-E470': `mesh.yaml:10:23: error MESH-E470: the key of cluster-1 is sealed with scope strict; as cluster-wide it would not open
10 |     sealing: { scope: cluster-wide }
   |                       ^^^^^^^^^^^^`,
  'MESH-E471': `mesh.yaml:10:25: error MESH-E471: the key of cluster-1 is kept by sealed-secrets; sops cannot be given it
10 | …sealing: { backend: sops, recipients: [age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfaf…
   |                      ^^^^`,
  'MESH-E472': `mesh.yaml:11:25: error MESH-E472: cluster-1 is applied by Argo CD, which cannot decrypt what SOPS encrypts
11 | …sealing: { backend: sops, recipients: [age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfaf…
   |                      ^^^^`,
  'MESH-E473': `mesh.yaml:10:108: error MESH-E473: an entry of sealing.recipients is there twice
10 | …u9d9dl0jq3yqqvfafg, age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg] }
   |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E478': `mesh.yaml:10:160: error MESH-E478: sealing.store.refreshInterval "daily" cannot be used
10 | …t, refreshInterval: daily } }
   |                      ^^^^^`,
  'MESH-E501': `corefiles/cluster-1.Corefile:2:1: error MESH-E501: the Corefile cannot be read: the block that starts here has no closing brace
2 | .:53 {
  | ^^^^`,
  'MESH-E502': `corefiles/cluster-1.Corefile:1:1: error MESH-E502: the block .:53 has no braces, so that everything after it belongs to it
1 | .:53
  | ^^^^`,
  'MESH-E503': `corefiles/cluster-1.Corefile:19:1: error MESH-E503: the zone global is one of several in the block global:53 corp.example:53
19 | global:53 corp.example:53 {
   | ^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E504': `corefiles/cluster-1.Corefile:24:1: error MESH-E504: the zone global has more than one block
24 | global:53 {
   | ^^^^^^^^^`,
  'MESH-E505': `corefiles/cluster-1.Corefile:19:1: error MESH-E505: the zone global has a block that meshwright did not write
19 | global:53 {
   | ^^^^^^^^^`,
  'MESH-E506': `corefiles/cluster-1.Corefile:2:1: error MESH-E506: the key .:{$PORT} is only known where CoreDNS runs
2 | .:{$PORT} {
  | ^^^^^^^^^`,
  'MESH-E507': `corefiles/cluster-1.Corefile:2:1: error MESH-E507: with the block of the zone global the rest of the Corefile would be read differently
2 | # managed by meshwright: global of mesh shop (edits are overwritten)
  | ^`,
  'MESH-E508': `corefiles/cluster-1.Corefile:1:1: error MESH-E508: corefiles/cluster-1.Corefile has no block for the zone . over plain DNS`,
  'MESH-E509': `corefiles/cluster-1.Corefile:19:1: error MESH-E509: there are several root blocks (.:53, .:5353), and only one of them can answer the pods
19 | .:5353 {
   | ^^^^^^
corefiles/cluster-1.Corefile:2: the first one, .:53`,
  'MESH-E510': `corefiles/cluster-1.Corefile:19:1: error MESH-E510: the zone bar.global:53 has its own block, which would be asked for svc-2.bar.global
19 | bar.global:53 {
   | ^^^^^^^^^^^^^`,
  'MESH-E511': `corefiles/cluster-1.Corefile:1:18: error MESH-E511: the Corefile has the character U+2028
1 | # cluster-1, self·managed CoreDNS
  |                  ^`,
  'MESH-E515': `corefiles/cluster-1.Corefile:20:1: error MESH-E515: the zone global has a block of the mesh store
20 | global:53 {
   | ^^^^^^^^^`,
  'MESH-E516': `corefiles/cluster-1.Corefile:19:1: error MESH-E516: the key corp..example is not usable: it is not a domain name
19 | corp..example {
   | ^^^^^^^^^^^^^`,
  'MESH-E517': `corefiles/cluster-1.Corefile:1:1: error MESH-E517: corefiles/cluster-1.Corefile looks like a Kubernetes manifest, not like a Corefile
1 | apiVersion: v1
  | ^^^^^^^^^^^`,
  'MESH-E518': `corefiles/cluster-1.Corefile:8:16: error MESH-E518: kubernetes answers for k8s.global, which lies within global: with a block for global it would never be asked again
8 |     kubernetes k8s.global in-addr.arpa ip6.arpa {
  |                ^^^^^^^^^^`,
  'MESH-E519': `corefiles/cluster-1.Corefile:1:1: error MESH-E519: corefiles/cluster-1.Corefile holds a private key`,
  'MESH-E601': `mesh.lock/hosts/bar/svc-2.yaml: error MESH-E601: the lock file has version 2; this meshwright reads version 1`,
  'MESH-E602': `mesh.lock/hosts/bar/svc-2.yaml: error MESH-E602: mesh.lock/hosts/bar/svc-2.yaml is not what was written: its digest does not match`,
  'MESH-E603': `mesh.lock/hosts/bar/svc-2.yaml: error MESH-E603: the lock file cannot be read: address of the file is no text`,
  'MESH-E604': `mesh.lock/notes.txt: error MESH-E604: mesh.lock/notes.txt is no lock file`,
  'MESH-E605': `mesh.lock/hosts/bar/svc-7.yaml: error MESH-E605: mesh.lock/hosts/bar/svc-7.yaml holds host svc-2.bar`,
  'MESH-E607': `mesh.lock/clusters/cluster-1.yaml: error MESH-E607: mesh.lock/clusters/cluster-1.yaml belongs to mesh shop, not store`,
  'MESH-E608': `mesh.lock/hosts/bar/svc-2.yaml: error MESH-E608: mesh.lock/hosts/bar/svc-2.yaml was merged and not resolved: HEAD: address 240.31.3.223, exposed from cluster-2 (8000); branch: address 240.31.3.9, exposed from cluster-2 (8000) (mixed with lines of the other side)`,
  'MESH-E802': `mesh.yaml:16:23: error MESH-E802: cluster-3 signs with an own cacerts Secret today; a new certificate under another root would split its mesh at istiod's next start
16 |     trust: { current: cacerts }
   |                       ^^^^^^^`,
  'MESH-E803': `mesh.yaml:10:26: error MESH-E803: cluster-1 has generation 1 in the lock, and the intent says 3
10 |     trust: { generation: 3 }
   |                          ^`,
  'MESH-E804': `mesh.yaml:9:11: error MESH-E804: the key of cluster-1 is sealed for namespace istio-system; in istio-control nobody could open it
9 |   - name: cluster-1
  |           ^^^^^^^^^`,
  'MESH-E805': `mesh.yaml:6:9: error MESH-E805: root r1 is not in the lock
6 |   name: shop
  |         ^^^^`,
  'MESH-E806': `mesh.yaml:6:24: error MESH-E806: root r1, which signed cluster-1, cluster-2, would no longer be trusted by cluster-1, cluster-2
6 | trust: { roots: [{ id: r2, state: active }] }
  |                        ^^`,
  'MESH-E807': `mesh.yaml:6:9: error MESH-E807: root r1 in the lock is no PEM block
6 |   name: shop
  |         ^^^^`,
  'MESH-E810': `mesh.yaml:10:11: error MESH-E810: the lock of cluster-1 does not fit together: another certificate is sealed in it
10 |   - name: cluster-1
   |           ^^^^^^^^^`,
  'MESH-E811': `mesh.yaml:19:29: error MESH-E811: sealing/cluster-3.pem is not there: without it the key of cluster-3 cannot be sealed
19 |     sealing: { certificate: sealing/cluster-3.pem }
   |                             ^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E812': `mesh.yaml:13:11: error MESH-E812: corefiles/cluster-2.Corefile is not there: the DNS of cluster-2 cannot be rendered without its own Corefile
13 |   - name: cluster-2
   |           ^^^^^^^^^`,
  'MESH-E815': `mesh.yaml:5:9: error MESH-E815: cluster-2 left the intent, but still exposes svc-2.bar
5 |   name: shop
  |         ^^^^`,
  'MESH-E816': `mesh.yaml:6:9: error MESH-E816: root r1, which signed cluster-1, cluster-2, is not in the lock
6 |   name: shop
  |         ^^^^`,
  'MESH-E817': `mesh.yaml:6:52: error MESH-E817: root r2 would sign cluster-1, and cluster-1, cluster-2 did not trust it before
6 | trust: { roots: [{ id: r1, state: trusted }, { id: r2, state: active }] }
  |                                                    ^^`,
  'MESH-E818': `mesh.yaml:6:24: error MESH-E818: cluster-1, cluster-2 would trust r2 and no longer r1, in one step
6 | trust: { roots: [{ id: r2, state: active }, { id: r1, state: retired }] }
  |                        ^^`,
  'MESH-E819': `mesh.yaml:10:11: error MESH-E819: cluster-1 would get other roots and a new intermediate in one step
10 |   - name: cluster-1
   |           ^^^^^^^^^`,
  'MESH-E827': `mesh.yaml:6:23: error MESH-E827: trust.workloadTTL is 90d
6 | trust: { workloadTTL: 90d }
  |                       ^^^`,
  'MESH-E852': `mesh.yaml:10:11: error MESH-E852: cluster-1 runs Istio 1.26; ca-crl.pem is read from 1.27 on
10 |   - name: cluster-1
   |           ^^^^^^^^^`,
  'MESH-E866': `mesh.yaml:1:1: error MESH-E866: mesh.yaml holds an age identity`,
  'MESH-E870': `mesh.yaml:11:25: error MESH-E870: cluster-1 gets its key by sops, which is not given CRLs yet
11 | …sealing: { backend: sops, recipients: [age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfaf…
   |                      ^^^^`,
  'MESH-E901': `apps/cluster-1/x.yaml:4:15: error MESH-E901: in cluster-1, DestinationRule mesh-imports/svc-2 (host svc-2.bar.global) takes the place of the generated rule for svc-2.bar.global in mesh-imports: calls would carry no SNI that their gateway knows
4 | spec: { host: svc-2.bar.global, trafficPolicy: { connectionPool: { tcp: { maxConnections: 10 } } } }
  |               ^^^^^^^^^^^^^^^^`,
  'MESH-E903': `apps/cluster-1/x.yaml:5:29: error MESH-E903: in cluster-1, ServiceEntry legacy/svc-2 is for svc-2.bar.global too: of two, Istio takes the older one
5 |   hosts: [svc-9.bar.global, svc-2.bar.global]
  |                             ^^^^^^^^^^^^^^^^`,
  'MESH-E905': `apps/cluster-2/x.yaml:9:14: error MESH-E905: in cluster-2, Gateway istio-system/cross-network-gateway listens on 15443 of the same pods: its host *.local overlaps with svc-2.bar.svc.cluster.local, which the mesh exposes
9 |       hosts: ["*.local"]
  |              ^^^^^^^^^^^`,
  'MESH-E906': `apps/cluster-1/x.yaml:4:17: error MESH-E906: in cluster-1, Sidecar istio-system/default does not let foo see svc-2.bar.global, and it is named as their consumer
4 | spec: { egress: [{ hosts: ["./*"] }, { hosts: ["mesh-imports/svc-9.bar.global"] }] }
  |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E908': `apps/cluster-1/x.yaml:5:9: error MESH-E908: in cluster-1, the discoverySelectors of ConfigMap istio-system/istio leave out the namespace mesh-imports, labelled app.kubernetes.io/component=services, app.kubernetes.io/managed-by=meshwright, app.kubernetes.io/part-of=shop, kubernetes.io/metadata.name=mesh-imports: nothing in it would count
5 |   mesh: |
  |         ^`,
  'MESH-E909': `apps/cluster-2/x.yaml:4:23: error MESH-E909: in cluster-2, PeerAuthentication bar/default turns mutual TLS off for svc-2.bar: its gateway then has nobody to pass calls on to
4 | spec: { mtls: { mode: DISABLE } }
  |                       ^^^^^^^`,
  'MESH-E910': `apps/cluster-2/x.yaml:4:52: error MESH-E910: in cluster-2, DestinationRule bar/svc-2 says tls mode DISABLE for svc-2.bar, port 8000: its gateway then has nobody to pass calls on to
4 | spec: { host: svc-2, trafficPolicy: { tls: { mode: DISABLE } } }
  |                                                    ^^^^^^^`,
  'MESH-E912': `apps/cluster-2/x.yaml:7:5: error MESH-E912: in cluster-2, Service bar/svc-2 has no port 8000, and svc-2.bar is called there
7 |     - { name: http, port: 80, targetPort: 8000 }
  |     ^`,
  'MESH-E922': `apps/cluster-2/x.yaml:4:7: error MESH-E922: in cluster-2, DestinationRule bar/svc-2 has no subset v1 of svc-2.bar
4 | spec: { host: svc-2, subsets: [{ name: v9, labels: { version: v9 } }] }
  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E923': `apps/cluster-2/x.yaml:4:15: error MESH-E923: in cluster-2, DestinationRule istio-system/svc-2 is for svc-2.bar and in the namespace of the gateway, where the one with its subsets is written from here
4 | spec: { host: svc-2.bar.svc.cluster.local, subsets: [{ name: v1, labels: { version: v9 } }] }
  |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E932': `mesh.yaml:9:45: error MESH-E932: cluster-1 (Istio 1.7) says istio.egressGateway: its sidecars see all networks, so that half of the calls would go past the egress gateway
9 |     istio: { version: "1.7", egressGateway: true }
  |                                             ^^^^`,
  'MESH-E933': `mesh.yaml:8:11: error MESH-E933: cluster-1 calls hosts below global, and dns.istiocoredns is not said
8 |   - name: cluster-1
  |           ^^^^^^^^^`,
  'MESH-E934': `mesh.yaml:10:26: error MESH-E934: dns.istiocoredns of cluster-1 is istiocoredns.istio-system, which is not an IPv4 address
10 |     dns: { istiocoredns: istiocoredns.istio-system }
   |                          ^^^^^^^^^^^^^^^^^^^^^^^^^`,
  'MESH-E935': `mesh.yaml:9:11: error MESH-E935: cluster-1 (Istio 1.6) calls hosts below mesh, and its istiocoredns answers global only
9 |   - name: cluster-1
  |           ^^^^^^^^^`,
  'MESH-E936': `mesh.yaml:20:11: error MESH-E936: cluster-1 (Istio 1.6) calls svc-2.bar through its egress gateway, which would take the SNI for cluster-2 (Istio 1.30) for a name of its own cluster
20 |   - name: svc-2
   |           ^^^^^`,
  'MESH-E938': `mesh.yaml:22:11: error MESH-E938: cluster-1 (Istio 1.6) would call svc-2.bar in cluster-2 and cluster-3, and no failover is rendered for it
22 |   - name: svc-2
   |           ^^^^^`,
  'MESH-E939': `mesh.yaml:20:11: error MESH-E939: consumers of svc-2.bar names namespaces of cluster-1, and Istio 1.6 shows a host to all of them
20 |   - name: svc-2
   |           ^^^^^`,
  'MESH-E940': `mesh.yaml:20:11: error MESH-E940: svc-2.bar has a headless Service, and cluster-1 (Istio 1.6) calls it
20 |   - name: svc-2
   |           ^^^^^`,
  'MESH-W212': `mesh.yaml:13:23: warning MESH-W212: the objects for Istio 1.29 (cluster-2) were checked against its sources, but never run
13 |     istio: { version: "1.29" }
   |                       ^^^^^^`,
  'MESH-W214': `apps/x.yaml:4:9: warning MESH-W214: x.y names no serviceAccounts: any workload of the mesh could answer in its place
4 |   name: x
  |         ^`,
  'MESH-W225': `mesh.yaml:12:11: warning MESH-W225: cluster-2 and cluster-2 have the same gateway address 203.0.113.7:15443
12 |   - name: cluster-2
   |           ^^^^^^^^^`,
  'MESH-W231': `mesh.yaml:26:78: warning MESH-W231: svc-2.bar has a loadBalancer, and each of its consumers dials one address
26 |     traffic: { connectionPool: { tcp: { maxConnections: 9 } }, loadBalancer: { simple: RANDOM } }
   |                                                                              ^^^^^^^^^^^^^^^^^^`,
  'MESH-W283': `mesh.yaml:8:16: warning MESH-W283: every cluster runs x.y, so there is no other one to call it by its host
8 |   - { cluster: cluster-1, manifests: apps/cluster-1/*.yaml }
  |                ^^^^^^^^^`,
  'MESH-W513': `corefiles/cluster-1.Corefile:1:1: warning MESH-W513: corefiles/cluster-1.Corefile has no \`reload\`: a changed Corefile is only read when CoreDNS is restarted`,
  'MESH-W801': `warning MESH-W801: cluster-1 still exposes svc-1.foo, so that consumers that have not synced yet are not cut off`,
  'MESH-W858': `mesh.yaml:6:26: warning MESH-W858: cluster-1, cluster-2 get ca-crl.pem, for the first time
6 | trust: { crl: { enabled: true } }
  |                          ^^^^`,
  'MESH-W930': `mesh.yaml:8:11: warning MESH-W930: cluster-1 has Istio 1.7: out of support since long, open to ISTIO-SECURITY-2021-006, and its objects were read, but never run
8 |   - name: cluster-1
  |           ^^^^^^^^^`,
  'MESH-W931': `mesh.yaml:8:11: warning MESH-W931: the gateway of cluster-1 lets in every service of the cluster as <service>.<namespace>.global, whatever services says
8 |   - name: cluster-1
  |           ^^^^^^^^^`,
  'MESH-W937': `mesh.yaml:17:11: warning MESH-W937: cluster-2 (Istio 1.30) calls svc-1.foo in cluster-1 (Istio 1.7): by the sources they agree, but no two such versions were run
17 |   - name: svc-1
   |           ^^^^^`,
}
