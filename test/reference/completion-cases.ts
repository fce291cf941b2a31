/** What each shell must offer for a line whose last word is completed, in a folder with mesh.yaml, a.txt and sub/. */
export interface CompletionCase {
  readonly line: string
  readonly offered: readonly string[]
}

export const COMPLETION_CASES: readonly CompletionCase[] = [
  { line: 'meshwright ge', offered: ['generate'] },
  { line: 'meshwright trust ', offered: ['crl', 'csr', 'import', 'reseal', 'root', 'rotate', 'status'] },
  { line: 'meshwright trust root ', offered: ['create', 'export', 'import', 'list', 'show'] },
  { line: 'meshwright validate --format ', offered: ['github', 'json', 'junit', 'sarif', 'text'] },
  { line: 'meshwright validate --format=s', offered: ['sarif'] },
  { line: 'meshwright -f validate gen', offered: ['generate'] },
  { line: 'meshwright --file=x -C sub validate --form', offered: ['--format'] },
  { line: 'meshwright generate --al', offered: ['--allow-delete'] },
  { line: 'meshwright publish --form', offered: [] },
  { line: 'meshwright validate --file me', offered: ['mesh.yaml'] },
  { line: 'meshwright generate -o ', offered: ['sub'] },
  { line: 'meshwright verify s', offered: ['sub'] },
  { line: 'meshwright completion ', offered: ['bash', 'fish', 'zsh'] },
  { line: 'meshwright address ', offered: [] },
]
