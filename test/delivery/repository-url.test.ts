import fc from 'fast-check'
import { isBranchName, isFolderPath } from '../../src/mesh/names.ts'
import { readRepositoryUrl } from '../../src/mesh/repository-url.ts'
import { describe, equal, is, ok } from '../suite.ts'

describe('repository URLs', (test) => {
  test('what both engines take', () => {
    for (const url of [
      'https://git.example.com/platform/shop.git',
      'https://git.example.com:8443/~me/My%20Project/_git/shop',
      'ssh://git@git.example.com:2222/platform/shop.git',
      'ssh://git.example.com/shop',
      'http://127.0.0.1:3000/shop.git',
    ]) {
      is(readRepositoryUrl(url).kind, 'good', url)
    }
  })

  test('secrets are found wherever they can stand, and are not said', () => {
    const secrets = [
      'https://robot:hunter2@git.example.com/shop',
      'https://hunter2@git.example.com/shop',
      'https://:hunter2@git.example.com/shop',
      'https://@git.example.com/shop',
      'http://a@hunter2@git.example.com/shop',
      'ssh://git:hunter2@git.example.com/shop',
      'https://git.example.com/shop?private_token=hunter2',
      'https://git.example.com?hunter2',
    ]
    for (const url of secrets) {
      const found = readRepositoryUrl(url)
      is(found.kind, 'secret', url)
      ok(!JSON.stringify(found).includes('hunter2'), url)
    }
  })

  test('the short form for ssh is answered with the long one', () => {
    for (const url of ['git@git.example.com:platform/shop.git', 'git@git.example.com:/platform/shop.git']) {
      const found = readRepositoryUrl(url)
      ok(found.kind === 'bad')
      is(found.suggestion, 'ssh://git@git.example.com/platform/shop.git')
      is(readRepositoryUrl(found.suggestion ?? '').kind, 'good')
    }
  })

  test('what one of the engines refuses, or reads as a pattern', () => {
    for (const url of [
      '',
      'shop',
      '/srv/git/shop.git',
      'file:///srv/git/shop.git',
      'git://git.example.com/shop',
      'HTTPS://git.example.com/shop',
      'https://git.example.com',
      'https://git.example.com/',
      'https:///shop',
      'https://[::1]/shop',
      'https://*.example.com/shop',
      'https://git.example.com/*',
      'https://git.example.com/{{.cluster}}',
      'https://git.example.com/a b',
      'https://git.example.com/shop#main',
      'https://git.example.com/shop\n',
      'https://git.example.com:port/shop',
    ]) {
      is(readRepositoryUrl(url).kind, 'bad', JSON.stringify(url))
    }
  })

  test('no text with something before an @ in its server part is taken over http', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (user, rest) => {
        const url = `https://${user}@${rest}`
        const { kind } = readRepositoryUrl(url)
        ok(kind !== 'good' || new URL(url).username + new URL(url).password === '', url)
      }),
    )
  })
})

describe('branches and folders', (test) => {
  test('what Git takes for a branch, and a template leaves alone', () => {
    for (const name of ['main', 'environments/shop', 'a.b', 'release-1.2', 'größe', '1e3']) ok(isBranchName(name), name)
    const bad = ['', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a..b', 'a.lock', 'a.lock/b', 'a.', '-a', '@', 'a b', 'a\tb']
    for (const name of [
      ...bad,
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[',
      'a\\b',
      'a@{0}',
      '{{.x}}',
      'refs/heads/main',
      'a\u2028b',
    ]) {
      ok(!isBranchName(name), JSON.stringify(name))
    }
  })

  test('folders', () => {
    equal(
      ['output', 'a/b', 'A_1/x.y', '_a'].filter((path) => !isFolderPath(path)),
      [],
    )
    const bad = [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '..',
      'a/../b',
      '.',
      './a',
      '.a',
      'a b',
      '{{a}}',
      'a*',
      '-a',
      'C:',
      'a\\b',
    ]
    equal(bad.filter(isFolderPath), [])
  })
})
