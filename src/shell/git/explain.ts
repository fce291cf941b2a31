/** What git said, in our words; its own lines follow as hints. No credentials get through. */
import { Failure } from '../../diagnostics/failure.ts'

/** Removes user, password and query of each URL, since tokens travel in all of them, and control characters. */
export function redact(text: string): string {
  return text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi, '$1')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s?'"]*)\?[^\s'"]*/gi, '$1')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** The last lines of git's stderr, without what it says only to a person at the prompt. */
export function linesOf(stderr: string, most = 6): string[] {
  return redact(stderr.replaceAll('\r', '\n'))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^(?:hint: |To |\d\d:\d\d:\d\d)|^remote:\s*$/.test(line))
    .slice(-most)
}

interface Known {
  readonly said: RegExp
  readonly message: string
  readonly hints: readonly string[]
}

const KNOWN: readonly Known[] = [
  {
    said: /not a git repository/,
    message: 'this folder is not in a git repository',
    hints: ['run `git init`, or name another folder with -C'],
  },
  {
    said: /must be run in a work tree/,
    message: 'this git repository has no work tree here',
    hints: ['run in a checkout of the repository, not in a bare one or in its .git folder'],
  },
  {
    said: /dubious ownership/,
    message: 'git does not trust this repository, since another user owns it',
    hints: ['in a container: git config --global --add safe.directory <folder>'],
  },
  {
    said: /No space left on device|Read-only file system|insufficient permission|(?:[Uu]nable|cannot) .*: Permission denied/,
    message: 'git could not write to the repository',
    hints: [],
  },
  {
    said: /Please tell me who you are|unable to auto-detect email address|empty ident name|no (?:email|name) was given|user\.useConfigOnly/,
    message: 'git does not know whose name to put on the commit',
    hints: [
      'git config user.name "..." and git config user.email "..."',
      'in CI: set GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL',
    ],
  },
  {
    said: /gpg failed to sign|failed to write commit object|user\.signing[kK]ey|Couldn't (?:load|find|get) /,
    message: 'git could not sign the commit',
    hints: ['commit.gpgSign is set: check gpg.format and user.signingKey, and that the key can be used here'],
  },
  {
    said: /does not appear to be a git repository|No such remote|no such remote/,
    message: 'the remote is not known, or is no git repository',
    hints: ['`git remote -v` lists the remotes; publish to a local branch with --no-push'],
  },
  {
    said: /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|Invalid username or|HTTP Basic: Access denied|returned error: 40[13]|Host key verification failed/,
    message: 'the remote does not let us in',
    hints: ['check the credentials: git does not ask for a password when there is no terminal'],
  },
  {
    said: /[Rr]epository .*not found|returned error: 404/,
    message: 'the remote has no such repository, or hides it from us',
    hints: ['`git remote -v` shows the address'],
  },
  {
    said: /Could not resolve host|unable to access|Connection (?:refused|timed out|closed|reset)|Could not read from remote repository|early EOF|hung up (?:unexpectedly|upon initial contact)|unable to connect|Broken pipe|read error/,
    message: 'the remote cannot be reached',
    hints: [],
  },
]

/** The failure of a git command. */
export function explain(args: readonly string[], ran: { readonly exitCode: number; readonly stderr: string }): Failure {
  const known = KNOWN.find((k) => k.said.test(ran.stderr))
  const message = known?.message ?? `\`git ${commandOf(args)}\` failed with exit code ${String(ran.exitCode)}`
  const said = linesOf(ran.stderr).map((line) => `git: ${line}`)
  return new Failure(message, { hints: [...(known?.hints ?? []), ...said] })
}

export function gitMissing(): Failure {
  return new Failure('git was not found', { hints: ['install git 2.31 or newer, and see that it is on the PATH'] })
}

export function hung(args: readonly string[], seconds: number): Failure {
  return new Failure(`the remote did not answer for ${String(seconds)} seconds`, {
    hints: [
      `\`git ${commandOf(args)}\` was ended`,
      'a slow remote may need more: --timeout SECONDS',
      ...(commandOf(args) === 'push' ? ['the remote may have taken the push nevertheless: run again to see'] : []),
    ],
  })
}

function commandOf(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? ''
}
