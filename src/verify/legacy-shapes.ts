/** What an output for Istio 1.6 or 1.7 may hold: fewer fields, in older versions of the APIs. */
import { closed, type Schema } from './schema.ts'
import {
  ANY,
  atLeastOne,
  AUTHORIZATION_POLICY,
  LABEL,
  LABEL_VALUES,
  listOfEach,
  NETWORKING,
  objectOf,
  PEER_AUTHENTICATION,
  POLICY_METADATA,
  SECURITY,
  TEXT,
  type Shape,
} from './shapes.ts'
import { PROTOCOLS } from './settings-shapes.ts'

/** One label only, by which subsets select. Without `exportTo`: all namespaces see it. */
const SERVICE_ENTRY: Schema = closed({
  'hosts?': ANY,
  'addresses?': ANY,
  'location?': ANY,
  'resolution?': ANY,
  'ports?': listOfEach(closed({ 'number?': ANY, 'name?': LABEL, 'protocol?': { enum: PROTOCOLS } })),
  'endpoints?': listOfEach(
    closed({ 'address?': ANY, 'network?': ANY, 'ports?': ANY, labels: closed({ cluster: LABEL }) }),
  ),
  'subjectAltNames?': atLeastOne(TEXT),
})

const DESTINATION_RULE: Schema = closed({
  'host?': ANY,
  'trafficPolicy?': closed({
    'portLevelSettings?': listOfEach(
      closed({ 'port?': closed({ 'number?': ANY }), 'tls?': closed({ 'mode?': ANY, 'sni?': ANY }) }),
    ),
  }),
})

const METADATA = { 'labels?': LABEL_VALUES, 'annotations?': { type: 'object', additionalProperties: TEXT } }

export const LEGACY_SHAPES: readonly Shape[] = [
  [NETWORKING, 'ServiceEntry', objectOf(NETWORKING, 'ServiceEntry', SERVICE_ENTRY, METADATA, 'v1alpha3')],
  [NETWORKING, 'DestinationRule', objectOf(NETWORKING, 'DestinationRule', DESTINATION_RULE, METADATA, 'v1alpha3')],
  [
    SECURITY,
    'AuthorizationPolicy',
    objectOf(SECURITY, 'AuthorizationPolicy', AUTHORIZATION_POLICY, POLICY_METADATA, 'v1beta1'),
  ],
  [
    SECURITY,
    'PeerAuthentication',
    objectOf(SECURITY, 'PeerAuthentication', PEER_AUTHENTICATION, POLICY_METADATA, 'v1beta1'),
  ],
]
