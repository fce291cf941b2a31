import { describe, equal, is } from '../../suite.ts'
import { environment } from '../../../src/shell/git/environment.ts'

const always = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_LITERAL_PATHSPECS: '1' }

describe('git environment', (test) => {
  test('what leads to a remote, a name or a setting is passed on', () => {
    const users = {
      PATH: '/bin',
      GIT_SSH_COMMAND: 'ssh -i key',
      GIT_ASKPASS: 'ask',
      SSH_ASKPASS: 'ask',
      GIT_AUTHOR_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'c@example.test',
      GIT_COMMITTER_DATE: '@0 +0000',
      GIT_CONFIG_GLOBAL: '/cfg',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'url.a.insteadOf',
      GIT_CONFIG_VALUE_0: 'b',
      GIT_TRACE_CURL: '1',
      GIT_SSL_CAINFO: '/ca',
    }
    equal(environment(users, true), { ...users, ...always })
  })

  test('what names another repository, an editor or a pager is not', () => {
    const names = ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR', 'GIT_PREFIX']
    const others = ['GIT_NAMESPACE', 'GIT_EDITOR', 'EDITOR', 'PAGER', 'GIT_PAGER', 'VISUAL', 'PREFIX', 'git_dir']
    equal(environment(Object.fromEntries([...names, ...others].map((name) => [name, 'x'])), true), always)
  })

  test('without a terminal nobody is asked, unless the user says so', () => {
    is(environment({}, false)['GIT_TERMINAL_PROMPT'], '0')
    is(environment({ GIT_TERMINAL_PROMPT: '1' }, false)['GIT_TERMINAL_PROMPT'], '1')
    is(environment({}, true)['GIT_TERMINAL_PROMPT'], undefined)
    // ssh has a prompt of its own.
    is(environment({}, false)['SSH_ASKPASS_REQUIRE'], 'force')
    is(environment({}, false)['SSH_ASKPASS'], 'false')
    is(environment({ SSH_ASKPASS: 'mine' }, false)['SSH_ASKPASS'], 'mine')
    equal(environment({}, true), always)
  })

  test("the user's hooks do not see what we set for ourselves", () => {
    equal(environment({ PATH: '/bin' }, true, { hooks: true }), { PATH: '/bin', LC_ALL: 'C' })
  })

  test('a command can say more than the user did, but not change the language', () => {
    const env = environment({ GIT_AUTHOR_DATE: 'a', LC_ALL: 'de_DE' }, true, {
      env: { GIT_AUTHOR_DATE: 'b', LC_ALL: 'fr' },
    })
    is(env['GIT_AUTHOR_DATE'], 'b')
    is(env['LC_ALL'], 'C')
  })
})
