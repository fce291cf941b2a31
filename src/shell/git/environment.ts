/** Which of the user's variables git gets to see. */

/**
 * How the user reaches, configures and signs for a repository. What says *which* repository, index or object store
 * is meant (GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE, GIT_OBJECT_DIRECTORY) is left out: git sets it inside of hooks, and
 * it would point us at something else than the folder that we were given. GIT_EDITOR and the pagers are never needed.
 */
const PASSED =
  /^(?:GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|ALLOW_PROTOCOL|ASKPASS|CEILING_DIRECTORIES|CONFIG_(?:COUNT|GLOBAL|NOSYSTEM|PARAMETERS|SYSTEM|KEY_\d+|VALUE_\d+)|CURL_VERBOSE|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH|HTTP_\w+|PROTOCOL|PROTOCOL_FROM_USER|PROXY_\w+|SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|TERMINAL_PROMPT|TRACE\w*)|SSH_ASKPASS)$/i

/** ssh asks the terminal itself, past git: this program, which answers nothing, is asked instead (ssh(1), ENVIRONMENT). */
const NOBODY_TO_ASK = { SSH_ASKPASS: 'false', SSH_ASKPASS_REQUIRE: 'force' } as const

/** simple-git refuses these beside GIT_*, whatever their use. */
const GUARDED = /^(?:GIT_.*|EDITOR|PAGER|PREFIX|SSH_ASKPASS|VISUAL)$/i

/**
 * The environment of a git process.
 *
 * @param ambient the environment of this process
 * @param interactive whether somebody sits at a terminal and can be asked for a password
 * @param env what one command needs beside it, such as GIT_COMMITTER_DATE
 * @param hooks whether the user's hooks will see it too
 */
export function environment(
  ambient: Readonly<Record<string, string | undefined>>,
  interactive: boolean,
  { env = {}, hooks = false }: { readonly env?: Readonly<Record<string, string>>; readonly hooks?: boolean } = {},
): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(ambient)) {
    if (value !== undefined && (!GUARDED.test(name) || PASSED.test(name))) passed[name] = value
  }
  return {
    ...(!interactive && { GIT_TERMINAL_PROMPT: '0', ...NOBODY_TO_ASK }),
    ...passed,
    ...env,
    // Messages are told apart by their English text.
    LC_ALL: 'C',
    ...(!hooks && {
      // Reading the status must not rewrite the user's index.
      GIT_OPTIONAL_LOCKS: '0',
      // A path is a path, also when it holds a star.
      GIT_LITERAL_PATHSPECS: '1',
    }),
  }
}
