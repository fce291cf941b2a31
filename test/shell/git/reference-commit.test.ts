import { describe, equal, is, ok, rejected } from '../../suite.ts'
import {
  argocdTrailers,
  HYDRATOR_METADATA,
  hydratorMetadata,
  publicUrl,
  referenceCommit,
  type ReferenceCommit,
} from '../../../src/shell/git/reference-commit.ts'
import { openRepository } from '../../../src/shell/git/repository.ts'
import { publishFrom, rendered, sandboxed, type Sandbox } from './sandbox.ts'

/** A commit with all that could break a trailer. */
async function awkward(box: Sandbox): Promise<{ clone: string; reference: ReferenceCommit }> {
  const { clone } = box.pair()
  box.git('clone', 'config', 'user.name', 'Ü. "Quote" [bot]')
  box.git('clone', 'config', 'remote.forge.url', 'https://user:s3cret@git.example.test/x.git?token=t')
  const message = 'Subject: with a colon\n\nBody "quoted"\n\nMesh-Name: evil\nSigned-off-by: me <me@example.test>'
  box.git('clone', 'commit', '--quiet', '--allow-empty', '--message', message)
  const { git } = await openRepository(clone)
  return { clone, reference: await referenceCommit(git, box.git('clone', 'rev-parse', 'HEAD'), 'forge') }
}

const trailers = (box: Sandbox, key: string): string =>
  box.git('remote.git', 'log', '-1', `--format=%(trailers:key=${key},valueonly)`, 'live')

describe('reference commit', (test) => {
  test("Argo CD's trailers are read back by git, each on one line", () =>
    sandboxed(async (box) => {
      const { clone, reference } = await awkward(box)
      await publishFrom(clone, { trailers: argocdTrailers(reference) })
      const body = box.git('remote.git', 'log', '-1', '--format=%B', 'live')
      box.write('message', body)
      const parsed = box.git('.', 'interpret-trailers', '--parse', 'message').split('\n')
      equal(
        parsed.map((line) => line.split(':')[0]),
        [
          'Mesh-Name',
          'Mesh-Source-Commit',
          'Generated-by',
          ...['author', 'sha', 'subject', 'body', 'repourl', 'date'].map((key) => `Argocd-reference-commit-${key}`),
        ],
      )
      is(trailers(box, 'Argocd-reference-commit-author'), String.raw`"Ü. \"Quote\" [bot]" <tess@example.test>`)
      is(trailers(box, 'Argocd-reference-commit-repourl'), 'https://git.example.test/x.git')
      is(trailers(box, 'Argocd-reference-commit-subject'), 'Subject: with a colon')
      equal(
        JSON.parse(trailers(box, 'Argocd-reference-commit-body')),
        'Body "quoted"\n\nMesh-Name: evil\nSigned-off-by: me <me@example.test>',
      )
      is(trailers(box, 'Argocd-reference-commit-date'), box.git('clone', 'log', '-1', '--format=%aI'))
      is(trailers(box, 'Mesh-Name'), 'shop')
    }))

  test('hydrator.metadata goes with a change, and is never the reason for a commit', () =>
    sandboxed(async (box) => {
      const { clone, reference } = await awkward(box)
      const metadata = (sha: string) => new Map([[HYDRATOR_METADATA, hydratorMetadata({ ...reference, sha })]])
      const read = (): unknown => JSON.parse(box.git('remote.git', 'show', `live:${HYDRATOR_METADATA}`))
      const first = await publishFrom(clone, { metadata: metadata('1') })
      equal(first.changes.added.length, 2)
      equal(read(), {
        repoURL: 'https://git.example.test/x.git',
        drySha: '1',
        author: String.raw`"Ü. \"Quote\" [bot]" <tess@example.test>`,
        date: reference.date,
        subject: reference.subject,
        body: reference.body,
      })
      is((await publishFrom(clone, { metadata: metadata('2') })).kind, 'unchanged')
      box.commit('clone', 'n', '1')
      is((await publishFrom(clone, { metadata: metadata('3') })).kind, 'recorded')
      is((await publishFrom(clone, { metadata: metadata('4'), tree: rendered({ x: '1' }) })).kind, 'published')
      equal((read() as { drySha: string }).drySha, '4')
      // Where it is no longer wanted it stays, since it bears no mark of ours.
      is((await publishFrom(clone, { tree: rendered({ x: '2' }) })).kind, 'published')
      equal((read() as { drySha: string }).drySha, '4')
    }))

  test('a folder in the place of hydrator.metadata is not replaced', () =>
    sandboxed(async (box) => {
      const { clone, remote } = box.pair()
      await publishFrom(clone)
      box.clone(remote, 'other', '--branch', 'live')
      box.commit('other', `${HYDRATOR_METADATA}/theirs`, 'x')
      box.git('other', 'push', '--quiet')
      const request = { tree: rendered({ x: '1' }), metadata: new Map([[HYDRATOR_METADATA, '{}\n']]) }
      ok((await rejected(publishFrom(clone, request))).message.includes('somebody else'))
    }))

  test('addresses are told without credentials, and paths not at all', () => {
    equal(
      [
        'https://a:b@h.test/x',
        'git@h.test:team/x.git',
        'ssh://git@h.test:22/x',
        'h.test:/x',
        '/srv/x.git',
        'file:///srv/x',
        '../x',
        'origin',
        'C:\\x',
      ].map(publicUrl),
      [
        'https://h.test/x',
        'ssh://h.test/team/x.git',
        'ssh://h.test:22/x',
        'ssh://h.test/x',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    )
  })
})
