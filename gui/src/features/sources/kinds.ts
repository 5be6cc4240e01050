import { IconServer, IconWebhook, IconWorld } from '@tabler/icons-react';
import type { SourceInput } from '../../api/sources';

/** What people connect, and what the source needs for it. */
export const kinds = [
  { id: 'website', icon: IconWorld, source: { types: ['rest'], channel: 'Web' } },
  { id: 'server', icon: IconServer, source: { types: ['rest'], channel: 'Server', static_profile_id: true } },
  { id: 'webhook', icon: IconWebhook, source: { types: ['webhook'], channel: 'Webhook' } },
] as const satisfies readonly { id: string; icon: unknown; source: Omit<SourceInput, 'name' | 'types'> & { types: readonly string[] } }[];

export type Kind = (typeof kinds)[number]['id'];

/** A way to send events, ready to be copied. */
export interface Sample {
  id: 'tag' | 'npm' | 'curl' | 'webhook';
  text: string;
}

/** How to send events to a source of this server. */
export function samplesFor(source: { id?: string; types?: readonly string[] | null }, server: string): Sample[] {
  const id = source.id ?? '';
  const samples: Sample[] = [];
  if (source.types?.includes('rest')) {
    samples.push(
      { id: 'tag', text: `<script async src="${server}/tracker/liliput.min.js" data-source="${id}"></script>` },
      {
        id: 'curl',
        text: `curl ${server}/track -H 'Content-Type: application/json' -d '{
  "source": {"id": "${id}"},
  "session": {"id": "my-first-session"},
  "events": [{"type": "page-view", "properties": {"title": "Hello"}}]
}'`,
      },
      {
        id: 'npm',
        text: `import { createTracker } from '@tracardi/tracker';

const tracker = createTracker({
  tracker: { url: { api: '${server}' }, source: { id: '${id}' } },
});
tracker.track('page-view');`,
      },
    );
  }
  if (source.types?.includes('webhook')) {
    samples.push({ id: 'webhook', text: `curl ${server}/collect/order-created/${encodeURIComponent(id)} -H 'Content-Type: application/json' -d '{"order": "A-1", "value": 19.5}'` });
  }
  return samples;
}
