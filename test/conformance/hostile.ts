/**
 * A mesh of names that are legal and mean something else to one YAML reader or another, and Corefiles that CoreDNS takes
 * and that a careless writer would change.
 */

/** Strings that readers of YAML 1.1 or 1.2 take for no string when they stand there without quotes. */
export const AMBIGUOUS: readonly string[] = [
  ['yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'YES', 'No', 'true', 'False', 'null', 'Null', 'NULL', '~', ''],
  ['0', '00', '-0', '010', '0o7', '0o17', '0x1f', '0b101', '1_000', '1e3', 'e2', 'E0', '1.5', '1.', '.5', '.', '..'],
  ['+1', '12:30', '12:30:45', '1:0', '190:20:30', '-.inf', '.NaN', '.inf', '2026-11-25', '2026-11-25T10:00:00Z'],
  ['=', '<<', '- a', '-', '? a', ': a', 'a: b', 'a #b', '#', '&a', '*a', '!a', '|', '>', '%a', '@a', '`a', '{', '}'],
  ['[', ']', ',', '"', "'", '\\', '{{ .Name }}', '$(A)', '${A}', '---', '...', ' a', 'a ', '\ta', 'a\t', 'a\tb'],
  ['\n', 'a\n', '\na', 'a\n\n', 'a\nb', 'a\n b\n', ' a\nb\n', 'a\n\n\nb\n', 'a \nb\n', 'a\r\nb\r\n', 'a\rb'],
  ['\t\n', '\t# a\nb\n', '\n\ta\n', '\n\n\t\n#', ' \t\n', ' \n', '\n ', '  \n a\n', 'a\n\tb\n', 'a\n \n\n'],
  ['# a\nb\n', '---\na\n', 'a\n...\n', '\u00e4\u00f6\u00fc', '\u540d\u524d', '\u{1f388}', 'e\u0301', 'x'.repeat(300)],
  [`${'word '.repeat(60)}end`, 'a: b\nc: d\n', "it's", 'say "x"', 'back\\slash\n', '\u00a0', '\u2026'],
].flat()

/** Legal values of Kubernetes labels among them, each under a key of its own. */
function labelled(indent: string): string {
  const legal = AMBIGUOUS.filter((text) => /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text))
  const lines = legal.map((text, i) => `${indent}k${String(i).padStart(2, '0')}: ${JSON.stringify(text)}\n`)
  return [...lines, `${indent}"1e3": "0o7"\n`, `${indent}"null": "null"\n`, `${indent}"y": "n"\n`].join('')
}

export const HOSTILE_MESH: string = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: "null" }
hostSuffix: yes.internal
trustDomain: "1e3.0x1f"
delivery:
  repoURL: "ssh://0x1f@1e3.e2:2222/0o7/yes"
  branch: "0b11"
  engines: [flux, argocd]
  argocd: { namespace: "off", project: "0x1f" }
  flux: { namespace: "on", secretRef: { name: "1e3" }, verify: { secretRef: { name: "null" } } }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
  - name: "no"
    locality: "0o7/1e3"
    importNamespace:
      name: "true"
      labels:
${labelled('        ')}    gateway:
      addresses: ["1e3.e2", "0b1.example"]
      namespace: "off"
      selector: { "1e3": "1_000", istio: "yes", "null": "0o7" }
  - name: "0x1f"
    istio: { version: "1.31" }
    domain: "1.e2"
    gateway: { addresses: ["198.51.100.3", "198.51.100.12"], port: 32000 }
  - name: "1e3"
    delivery: { name: "0o7", engines: [argocd] }
    gateway: { addresses: ["203.0.113.9"] }
services:
  - name: "null"
    namespace: "on"
    clusters: ["no"]
    ports:
      - { name: "e2", port: 80, protocol: HTTP }
      - { name: "y", port: 9000, protocol: TCP }
      - { name: "0", port: 443, protocol: TCP }
      - { name: "1e3", port: 8080, protocol: GRPC }
    serviceAccounts: ["1.5", "no"]
    workload: { labels: { "1e3": "0o7", app: "null", "y": "" }, mtls: STRICT }
    consumers:
      - { cluster: "1e3", namespaces: ["y", "off", "1e3"] }
      - { cluster: "0x1f", namespaces: ["null", "0o7"] }
    authorization:
      from:
        - { cluster: "1e3", namespaces: ["y", "1e3"], serviceAccounts: ["client", "1.5"] }
        - { namespaces: ["null"] }
      local: [{ namespaces: ["on", "0o7"], serviceAccounts: ["0x1f"] }]
  - name: "no"
    namespace: "0o7"
    clusters: ["0x1f"]
    ports: [{ name: "true", port: 8000, targetPort: 1000, protocol: HTTP2 }]
    serviceAccounts: ["y"]
    workload: { labels: { "null": "null" } }
    authorization: { from: [{ namespaces: ["off", "clients"] }], local: [] }
  - name: "1e3"
    namespace: "null"
    clusters: ["1e3"]
    ports: [{ name: "on", port: 1, protocol: HTTP }, { name: "off", port: 65535, protocol: TCP }]
    serviceAccounts: ["0x1f"]
    address: 240.16.255.7
  - name: "010"
    namespace: "on"
    clusters: ["0x1f"]
    ports: [{ name: "n", port: 8000, protocol: HTTP }]
    serviceAccounts: ["off"]
    consumers: [{ cluster: "no" }]
`

/** Line ends of Windows, tabs, blanks at line ends, quotes, comment signs, templates, letters of all kinds. */
const CRLF = [
  '  # indented first line, \u00e4\u00f6\u00fc \u540d\u524d \u{1f388} "quoted" \'single\' {{ .Name }}   ',
  '.:53 {',
  '\terrors\t ',
  '\thealth {',
  '\t\tlameduck 5s   ',
  '\t}',
  '\tready',
  '',
  '   \t ',
  '\tkubernetes cluster.local in-addr.arpa ip6.arpa {',
  '\t\tpods insecure # trailing',
  '\t}',
  '\tforward . /etc/resolv.conf',
  '\tloop',
  '\treload',
  '}',
  '',
  '# a zone with a template: {{ nothing }} --- ... | > & * !',
  '# line ends of both kinds\n \n\n  # and blanks',
  'template.example:53 {',
  '\ttemplate IN A template.example {',
  '\t\tanswer "{{ .Name }} 60 IN A 192.0.2.7"',
  '\t}',
  '}',
  '',
  '',
].join('\r\n')

/** No line end at the end, blank lines and blanks before it. */
const UNFINISHED = `.:53 {
    errors
    log . "{remote} - {>id} \\"{type} {class} {name}\\"" {
        class error
    }
    kubernetes cluster.local
    forward . 198.51.100.1 198.51.100.2 {
        policy sequential
    }
    cache 30
    reload
}


# yes: no   `

/** By cluster of the mesh above. */
export const HOSTILE_COREFILES: ReadonlyMap<string, string> = new Map([
  ['no', CRLF],
  ['0x1f', UNFINISHED],
  [
    '1e3',
    '\n\n\t# 12:30\n.:53 {\n    errors\n    prometheus :9153\n    forward . /etc/resolv.conf\n    cache\n    reload\n}\n\n\n',
  ],
])
