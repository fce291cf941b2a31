import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, is, ok, rejected } from '../../suite.ts'
import { Failure } from '../../../src/diagnostics/failure.ts'
import { publishFrom, sandboxed } from './sandbox.ts'

function has(program: string): boolean {
  try {
    execFileSync(program, ['-?'], { stdio: 'ignore' })
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
  return true
}

describe('identity', (test) => {
  test('without a name nothing is published, with one from the environment it is', () =>
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
      is(box.git('remote.git', 'log', '-1', '--format=%an, %cn', 'live'), 'the AUTHOR, the COMMITTER')
    }))

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

  const signing = has('ssh-keygen')
  test(signing ? 'a commit is signed with an ssh key' : 'NOT RUN, there is no ssh-keygen: signing', () =>
    sandboxed(async (box) => {
      if (!signing) return
      const { clone } = box.pair()
      const key = join(box.folder, 'key')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
      box.git('clone', 'config', 'gpg.format', 'ssh')
      box.git('clone', 'config', 'user.signingKey', key)
      await publishFrom(clone, { branch: 'plain' })
      ok(!box.git('remote.git', 'cat-file', '-p', 'plain').includes('SSH SIGNATURE'))
      box.git('clone', 'config', 'commit.gpgSign', 'true')
      await publishFrom(clone)
      ok(box.git('remote.git', 'cat-file', '-p', 'live').includes('SSH SIGNATURE'))
      is((await publishFrom(clone)).kind, 'unchanged')
      box.git('clone', 'config', 'user.signingKey', join(box.folder, 'none'))
      const error = await rejected(publishFrom(clone, { branch: 'third' }))
      is(error.message, 'git could not sign the commit')
    }),
  )
})
