/** Corefiles in which the syntax is used in ways that are allowed and seldom seen. */
export const shapes: Readonly<Record<string, string>> = {
  'address from the environment': `.:5353 {
    bind {$POD_IP}
    cache 30
    errors
    forward . /etc/resolv.conf
    reload
}
`,
  'several bind lines with an exception': `.:53 {
    bind eth0 lo {
        except 127.0.0.1
    }
    bind 10.96.0.10
    forward . 10.0.0.53
    reload
}
`,
  'TLS root beside the plain one': `tls://.:853 {
    tls /etc/coredns/tls.crt /etc/coredns/tls.key
    forward . /etc/resolv.conf
}
.:53 {
    forward . /etc/resolv.conf
    reload
}
`,
  'TLS root in the same block': `.:53 tls://.:853 {
    tls /etc/coredns/tls.crt /etc/coredns/tls.key
    forward . /etc/resolv.conf
    reload
}
`,
  'https and grpc roots': `https://. grpc://.:8443 https3://. quic://.
{
    whoami
}
dns://.:1053 {
    forward . 10.0.0.53
    reload
}
`,
  'IPv6 and IPv4 reverse zones': `2001:db8::/32 fd00:10:96::/112 10.0.0.0/15 {
    whoami
}
. {
    forward . /etc/resolv.conf
    reload
}
`,
  'no port': '. {\n    forward . /etc/resolv.conf\n    reload\n}\n',
  'brace on the next line': '.:53\n{\n    forward . /etc/resolv.conf\n    reload\n}\n',
  'keys over several lines': 'cluster.local,\nexample.org, .:53 {\n    forward . /etc/resolv.conf\n    reload\n}\n',
  'block after block on a line':
    'a.example:53 {\n    whoami\n} .:53 {\n    forward . 10.0.0.53\n    reload\n} b.example {\n}\n',
  'quoted key': '".:53" {\n    forward . /etc/resolv.conf\n    reload\n}\n',
  snippets: `(common) {
    errors
    cache 30
    reload 10s
}
(upstream) {
    forward . 10.0.0.53 10.0.0.54 {
        policy sequential
    }
    import common
}
.:53 {
    import upstream
    bind 10.96.0.10
}
example.org:53 {
    import common
    whoami
}
`,
  'comments at every place': `# first
.:53 { # after the brace
    # before a plugin
    errors # after a plugin
    forward . 10.0.0.53 { # after its brace
        # inside
        max_fails 0 # after an option
    } # after its end
    reload
    # last in the block
} # after the block
# last`,
  'comment glued to the last brace': '.:53 {\n    forward . 10.0.0.53\n    reload\n}#end\n',
  'comment without a line break at the end': '.:53 {\n    forward . 10.0.0.53\n    reload\n}\n# no more',
  'quoted lines': `.:53 {
    template ANY A example.org {
        answer "{{ .Name }} 60 IN A
10.0.0.1"
        answer "say \\"hi\\" { import }"
    }
    forward . 10.0.0.53
    reload
}
`,
  'rewrite rules and several forwards': `.:53 {
    rewrite stop {
        name regex (.*)\\.corp\\.example {1}.internal
        answer name (.*)\\.internal {1}.corp.example
    }
    forward corp.example 10.1.0.1 10.1.0.2
    forward global 10.2.0.1
    forward bar.global 10.3.0.1
    forward . tls://9.9.9.9 {
        tls_servername dns.quad9.net
        health_check 5s
    }
    reload
}
`,
  'stub domains after the root': `.:53 {
    forward . "/etc/resolv.conf"
    reload
}
consul.local:53 {
    errors
    cache 30
    forward . 10.150.0.1
}
Example.ORG.:53 {
    file /etc/coredns/example.db
}
`,
  'no forward at all': '.:53 {\n    kubernetes cluster.local\n    reload\n}\n',
  'the suffix on another port': `.:53 {
    forward . /etc/resolv.conf
    reload
}
global:5399 {
    bind 127.0.0.1
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`,
  'zones that only look like ours': `.:53 {
    forward . /etc/resolv.conf
    reload
}
notglobal:53 global.example:53 tls://global (x) {
    whoami
}
(global:53) {
    whoami
}
`,
  'anonymous block': '{\n    whoami\n}\n.:53 {\n    forward . /etc/resolv.conf\n    reload\n}\n',
  'unknown ports elsewhere': 'example.org:{$PORT} {\n    whoami\n}\n.:53 {\n    forward . {$UPSTREAM}\n    reload\n}\n',
  'only carriage returns between blocks': '.:53 {\n    forward . 10.0.0.53\r\n    re\rload\n}\r\r\n',
}
