/** What istioctl says about a rendered cluster, offline. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'

export type Istioctl = Extract<ToolName, 'istioctl' | 'istioctl-1.30'>

/** Holds every object against the schemas, strictly, and against the rules of istiod's webhook. */
export function validate(bench: Workbench, istioctl: Istioctl, folder: string): void {
  const { status, stdout, stderr } = bench.try(bench.tool(istioctl), ['validate', '-f', folder])
  if (status !== 0) throw new Error(`istioctl validate ended with ${status}\n${stderr}${stdout.toString('utf8')}`)
  if (/\bwarning/i.test(stdout.toString('utf8'))) throw new Error(`istioctl validate warns\n${stdout.toString('utf8')}`)
}

/**
 * Runs every analyzer over what the cluster gets together with its own objects; anything that it finds is an error.
 * Values and indexes are no objects, and it refuses to go on where it meets one.
 */
export function analyze(bench: Workbench, istioctl: Istioctl, folder: string, apps: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml') && !file.startsWith('istio/'))
    .map((file) => join(folder, file))
  const own = join(bench.scratch('apps'), 'apps.yaml')
  writeFileSync(own, apps)
  const args = ['analyze', '--use-kube=false', '-A', '--failure-threshold', 'Info', '--output-threshold', 'Info']
  const { status, stdout, stderr } = bench.try(bench.tool(istioctl), [...args, ...files, own])
  if (status !== 0) throw new Error(`istioctl analyze ended with ${status}\n${stdout.toString('utf8')}${stderr}`)
}
