/** Corefiles in the shapes that are met in clusters, written for these tests. */
import { shapes } from './corefile-shapes.ts'

const kubernetes = `    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
`

const kubeadm = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
${kubernetes}    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`

const distributions: Readonly<Record<string, string>> = {
  kubeadm,
  'kubeadm with CRLF': kubeadm.replaceAll('\n', '\r\n'),
  'kubeadm without a line break at its end': kubeadm.slice(0, -1),
  'kubeadm with CRLF and no line break at its end': kubeadm.replaceAll('\n', '\r\n').slice(0, -2),
  'kubeadm with blank lines at its end': `${kubeadm}\n\n\n`,
  'kubeadm with trailing blanks': kubeadm.replaceAll('\n', '  \t\n'),
  tabs: kubeadm.replaceAll('    ', '\t'),
  'no indentation': kubeadm.replaceAll(/^ +/gm, ''),
  'mixed line ends': kubeadm.replace('\n', '\r\n'),
  k3s: `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
      ttl 60
      reload 15s
      fallthrough
    }
    prometheus :9153
    cache 30
    loop
    reload
    loadbalance
    import /etc/coredns/custom/*.override
    forward . /etc/resolv.conf
}
import /etc/coredns/custom/*.server
`,
  'AKS-like, regular expressions with braces in quotes': `.:53 {
    errors
    ready
    health {
      lameduck 5s
    }
${kubernetes}    template ANY ANY internal.cloudapp.net {
      match "^(?:[^.]+\\.){4,}internal\\.cloudapp\\.net\\.$"
      rcode NXDOMAIN
      fallthrough
    }
    template ANY ANY reddog.microsoft.com {
      rcode NXDOMAIN
    }
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
    import custom/*.override
}
import custom/*.server
`,
  EKS: `.:53 {
    errors
    health {
        lameduck 5s
      }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}`,
  'node-local cache': `cluster.local:53 {
    errors
    cache {
            success 9984 30
            denial 9984 5
    }
    reload
    loop
    bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
    forward . __PILLAR__CLUSTER__DNS__ {
            force_tcp
    }
    prometheus :9253
    health __PILLAR__LOCAL__DNS__:8080
    }
in-addr.arpa:53 {
    errors
    cache 30
    reload
    loop
    bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
    forward . __PILLAR__CLUSTER__DNS__ {
            force_tcp
    }
    prometheus :9253
    }
.:53 {
    errors
    cache 30
    reload
    loop
    bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
    forward . __PILLAR__UPSTREAM__SERVERS__
    prometheus :9253
    }
`,
  'OpenShift-like': `# consul
example.org:5353 {
    prometheus 127.0.0.1:9153
    forward . 10.0.0.53 {
        policy sequential
    }
    errors
    log . {
        class error
    }
    cache 900 {
        denial 9984 30
    }
}
.:5353 {
    bufsize 1232
    errors
    log . {
        class error
    }
    health {
        lameduck 20s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus 127.0.0.1:9153
    forward . /etc/resolv.conf {
        policy sequential
    }
    cache 900 {
        denial 9984 30
    }
    reload
}
hostname.bind:5353 {
    chaos
}
`,
  'Gardener-like, port 8053': `.:8053 {
  health {
      lameduck 15s
  }
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
      ttl 30
  }
  prometheus :9153
  loop
  import custom/*.override
  errors
  log . {
      class error
  }
  forward . /etc/resolv.conf {
    prefer_udp
  }
  cache 30 {
    disable success cluster.local
    disable denial cluster.local
  }
  reload
  loadbalance round_robin
}
import custom/*.server
`,
}

/** Files that take our block: each has one root block over plain DNS. */
export const corefiles: Readonly<Record<string, string>> = { ...distributions, ...shapes }
