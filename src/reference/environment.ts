/** Environment variables that are read, in the order in which they are told. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['MESHWRIGHT_ROOT_KEY', 'file of the root key, where --root-key names none'],
  ['MESHWRIGHT_SIGNER', 'command that signs in place of the root key, where --signer names none'],
  [
    'MESHWRIGHT_IDENTITY',
    'file of the age identity that opens the root key, or a key that SOPS encrypted, where --identity names none',
  ],
  ['MESHWRIGHT_PASSPHRASE_FILE', 'file whose first line is the passphrase, where --passphrase-file names none'],
  ['XDG_DATA_HOME', 'folder in which meshwright/<mesh>/<ID>.key.age is written [~/.local/share]'],
  ['MESHWRIGHT_GIT_TIMEOUT', 'seconds of silence after which publish gives a remote up [120]'],
  ['GIT_INDEX_FILE', 'index of the commit that hook run judges; git gives it to its hooks'],
  ['PATH', 'where hook install looks for a meshwright that the hook can call'],
  ['CI', 'when it is set, git never asks for a user name or a password'],
  ['SOURCE_DATE_EPOCH', 'date of the commits that publish makes, in seconds since 1970'],
  ['NO_COLOR', 'no colours, when it is not empty'],
]
