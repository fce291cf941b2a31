import type { Component } from '../kubernetes/manifest.ts'
import type { Delivery } from '../mesh/mesh.ts'

/** The folders of a cluster that are applied, each after the one before it. */
export const FOLDERS: readonly Component[] = ['trust', 'gateway', 'services', 'dns']

/** The folder of a cluster, from the root of the branch that the engines read. */
export function clusterPath({ path }: Delivery, cluster: string): string {
  return `${path === '' ? '' : `${path}/`}clusters/${cluster}`
}

/** Lines of text as a comment. */
export function comment(text: string): string {
  return text.trim().replaceAll(/^/gm, '# ').replaceAll(/ +$/gm, '') + '\n'
}
