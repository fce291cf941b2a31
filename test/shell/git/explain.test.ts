import * as fc from 'fast-check'
import { describe, equal, is, ok } from '../../suite.ts'
import { explain, linesOf, redact } from '../../../src/shell/git/explain.ts'

describe('git messages', (test) => {
  test('credentials are taken out of addresses', () => {
    is(
      redact("fatal: unable to access 'https://u:p@ss@h.test/x.git/'"),
      "fatal: unable to access 'https://h.test/x.git/'",
    )
    is(redact('https://ghp_token@h.test/x'), 'https://h.test/x')
    is(redact('https://h.test/x?private_token=abc&b=c end'), 'https://h.test/x end')
    is(redact('git@h.test:x.git'), 'git@h.test:x.git')
    is(redact('a https://one@h.test/ and https://two@h.test/'), 'a https://h.test/ and https://h.test/')
  })

  test('no user information is left, whatever it is made of', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9!$&'()*+,;=:@%._~-]{1,20}$/)
    fc.assert(
      fc.property(word, (secret) => {
        is(redact(`fatal: 'https://${secret}@h.test/x.git' is bad`), "fatal: 'https://h.test/x.git' is bad")
      }),
    )
  })

  test('a remote cannot draw on the terminal', () => {
    equal(linesOf('remote: \u001b[31mred\u001b[0m\u009b2J\nremote: \nhint: x\nlast\n'), [
      'remote: [31mred[0m2J',
      'last',
    ])
  })

  test('what is known has its own message, all else names the command', () => {
    const said = (stderr: string): string => explain(['push', '--porcelain'], { exitCode: 1, stderr }).message
    const generic = said('strange')
    ok(generic.includes('git push'))
    const known = [
      'fatal: not a git repository (or any of the parent directories): .git',
      "fatal: 'nowhere' does not appear to be a git repository\nfatal: Could not read from remote repository.",
      'fatal: could not read Username for https://x: terminal prompts disabled',
      "fatal: unable to access 'https://x/': Could not resolve host: x",
      "fatal: detected dubious ownership in repository at '/x'",
      'fatal: unable to auto-detect email address (got x)',
      'error: gpg failed to sign the data\nfatal: failed to write commit object',
      'error: unable to write file x: No space left on device\nfatal: failed to write commit object',
    ].map(said)
    is(new Set([generic, ...known]).size, known.length + 1)
    is(said('fatal: packet write failed: Broken pipe'), said('fatal: read error: Connection reset by peer'))
    is(said('git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.'), known[2])
    is(said('fatal: packet write failed: Broken pipe'), known[3])
  })
})
