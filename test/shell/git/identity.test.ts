import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { parsePerson } from '../../../src/shell/git/identity.ts'
import { publishFrom, rendered, sandboxed, type Sandbox } from './sandbox.ts'

function has(program: string): boolean {
  try {
    execFileSync(program, ['-?'], { stdio: 'ignore' })
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
  return true
}

const people = (box: Sandbox): string => box.git('remote.git', 'log', '-1', '--format=%an <%ae>, %cn <%ce>', 'live')

describe('identity', (test) => {
  test('who forbids git to guess is told, and a name from the environment is taken', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('gitconfig', '[user]\n\tuseConfigOnly = true\n')
      const error = await rejected(publishFrom(clone))
      ok(error instanceof Failure)
      ok(error.message.includes('whose name'), error.message)
      ok(error.hints.some((hint) => hint.includes('user.email')))
      is(box.git('clone', 'for-each-ref', 'refs/meshwright'), '')
      for (const role of ['AUTHOR', 'COMMITTER']) {
        box.env(`GIT_${role}_NAME`, `the ${role}`)
        box.env(`GIT_${role}_EMAIL`, 'bot@example.test')
      }
      is((await publishFrom(clone)).kind, 'published')
      is(people(box), 'the AUTHOR <bot@example.test>, the COMMITTER <bot@example.test>')
    }))

  test('where nobody is named, a bot is; where somebody is, in whatever way, nobody else', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      box.write('gitconfig', '')
      await publishFrom(clone)
      const bot = 'meshwright[bot] <meshwright@localhost>'
      is(people(box), `${bot}, ${bot}`)
      box.git('clone', 'config', 'author.name', 'Ada')
      box.git('clone', 'config', 'author.email', 'ada@example.test')
      await publishFrom(clone, { tree: rendered({ x: '1' }) })
      is(people(box), `Ada <ada@example.test>, ${bot}`)
      const author = parsePerson('Grace Hopper <grace@example.test>')
      await publishFrom(clone, { tree: rendered({ x: '2' }), author })
      is(people(box), `Grace Hopper <grace@example.test>, ${bot}`)
      box.git('clone', 'config', 'user.name', 'Uma')
      box.git('clone', 'config', 'user.email', 'uma@example.test')
      await publishFrom(clone, { tree: rendered({ x: '3' }), author })
      is(people(box), 'Grace Hopper <grace@example.test>, Uma <uma@example.test>')
    }))

  test('an author is written as git writes it', () => {
    equal(parsePerson(' Ada Lovelace  <ada@example.test> '), { name: 'Ada Lovelace', email: 'ada@example.test' })
    for (const text of ['', 'Ada', '<ada@example.test>', 'Ada <a b>', 'Ada <a>\nx <b>', 'A <a> <b>']) {
      try {
        parsePerson(text)
      } catch (error) {
        ok(error instanceof Failure && error.exitCode === 2)
        continue
      }
      throw new Error(`${text} was taken`)
    }
  })

  test('settings in the environment count', () =>
    sandboxed(async (box) => {
      const { clone } = box.pair()
      const settings = [
        ['user.name', 'Counted'],
        ['credential.helper', 'x'],
        [`url.${box.folder}/remote.git.insteadOf`, 'mesh:'],
      ] as const
      box.env('GIT_CONFIG_COUNT', String(settings.length))
      for (const [i, [key, value]] of settings.entries()) {
        box.env(`GIT_CONFIG_KEY_${String(i)}`, key)
        box.env(`GIT_CONFIG_VALUE_${String(i)}`, value)
      }
      is((await publishFrom(clone, { remote: 'mesh:' })).kind, 'published')
      is(box.git('remote.git', 'log', '-1', '--format=%an', 'live'), 'Counted')
    }))

  const ssh = has('ssh-keygen')
  test(ssh ? 'a commit signed with an ssh key is verified by git' : 'NOT RUN, there is no ssh-keygen: signing', () =>
    sandboxed(async (box) => {
      if (!ssh) return
      const { clone } = box.pair()
      const key = join(box.folder, 'key')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'throwaway', '-f', key])
      const [type = '', value = ''] = execFileSync('ssh-keygen', ['-y', '-f', key], { encoding: 'utf8' }).split(' ')
      box.write('allowed', `tess@example.test ${type} ${value}\n`)
      box.git('clone', 'config', 'gpg.format', 'ssh')
      box.git('clone', 'config', 'gpg.ssh.allowedSignersFile', join(box.folder, 'allowed'))
      box.git('clone', 'config', 'user.signingKey', key)
      await verifies(box, clone)
      box.git('clone', 'config', 'user.signingKey', join(box.folder, 'none'))
      is((await rejected(publishFrom(clone, { branch: 'third' }))).message, 'git could not sign the commit')
    }),
  )

  const gpg = has('gpg')
  test(gpg ? 'a commit signed with an OpenPGP key is verified by git' : 'NOT RUN, there is no gpg: signing', () =>
    sandboxed(async (box) => {
      if (!gpg) return
      const { clone } = box.pair()
      // The agent's socket has to have a short name.
      const home = mkdtempSync('/tmp/mw-gpg-')
      chmodSync(home, 0o700)
      box.env('GNUPGHOME', home)
      const batch = ['--batch', '--quiet', '--passphrase', '', '--pinentry-mode', 'loopback']
      try {
        const user = 'Tess Ter <tess@example.test>'
        execFileSync('gpg', [...batch, '--quick-generate-key', user, 'ed25519', 'sign', '1d'], { stdio: 'pipe' })
        box.git('clone', 'config', 'gpg.format', 'openpgp')
        await verifies(box, clone)
        box.git('clone', 'config', 'user.signingKey', 'nobody@example.test')
        is((await rejected(publishFrom(clone, { branch: 'third' }))).message, 'git could not sign the commit')
      } finally {
        execFileSync('gpgconf', ['--kill', 'all'], { stdio: 'ignore' })
        rmSync(home, { recursive: true, force: true, maxRetries: 3 })
      }
    }),
  )
})

/** Unsigned without commit.gpgSign, good with it, and bad when a byte was changed. */
async function verifies(box: Sandbox, clone: string): Promise<void> {
  const plain = await publishFrom(clone, { branch: 'plain' })
  ok(!box.git('remote.git', 'cat-file', '-p', 'plain').includes('gpgsig'))
  box.git('clone', 'config', 'commit.gpgSign', 'true')
  const { commit = '' } = await publishFrom(clone)
  box.git('clone', 'verify-commit', commit)
  is((await publishFrom(clone)).kind, 'unchanged')
  const forged = box.git('clone', 'cat-file', 'commit', commit).replace('mesh shop:', 'mesh shot:')
  box.write('forged', `${forged}\n`)
  for (const id of [plain.commit ?? '', box.git('clone', 'hash-object', '-t', 'commit', '-w', '../forged')]) {
    let good = true
    try {
      box.git('clone', 'verify-commit', id)
    } catch {
      good = false
    }
    ok(!good, id)
  }
}
