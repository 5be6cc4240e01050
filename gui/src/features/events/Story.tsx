import { Skeleton, Stack, Timeline } from '@mantine/core';
import { IconArrowDownCircle, IconDatabase, IconFingerprint, IconForms, IconMapPin, IconRoute, IconSend, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document } from '../../api/documents';
import { storyQuery, type Story as Told } from '../../api/story';
import { ErrorState } from '../../ui/ErrorState';
import { Checked, Destinations, Enriched, Flows, Mapped, Received, Recognized, Stored } from './steps';

/** What happened to an event, in order: from its receipt to the places that it was sent to. */
export function Story({ event }: { event: Document }) {
  const story = useQuery(storyQuery(event.id));
  if (story.data) return <Steps story={story.data} event={event} />;
  if (story.error) return <ErrorState error={story.error} onRetry={() => void story.refetch()} />;
  return (
    <Stack>
      {[60, 90, 75, 80, 70, 85].map((width) => (
        <Skeleton key={width} h={32} w={`${width}%`} />
      ))}
    </Stack>
  );
}

interface Step {
  icon: typeof IconSend;
  title: string;
  content: ReactNode;
  bad?: boolean;
}

function Steps({ story, event }: { story: Told; event: Document }) {
  const { t } = useTranslation('events');
  const { checked } = story;
  const steps: Step[] = [
    { icon: IconArrowDownCircle, title: t('story.received'), content: <Received received={story.received} event={event} /> },
    { icon: IconShieldCheck, title: t('story.checked'), content: <Checked checked={checked} />, bad: !checked.valid || checked.error },
    { icon: IconForms, title: t('story.mapped'), content: <Mapped mapped={story.mapped} /> },
    { icon: IconFingerprint, title: t('story.recognized'), content: <Recognized identity={story.identity} session={story.session} /> },
    { icon: IconMapPin, title: t('story.enriched'), content: <Enriched event={event} /> },
    { icon: IconRoute, title: t('story.flows'), content: <Flows flows={story.flows} /> },
    { icon: IconSend, title: t('story.destinations'), content: <Destinations destinations={story.destinations} /> },
    { icon: IconDatabase, title: t('story.stored'), content: <Stored stored={story.stored} /> },
  ];
  return (
    <Timeline active={steps.length} bulletSize={24} lineWidth={2} color="gray.6">
      {steps.map(({ icon: Icon, title, content, bad }) => (
        <Timeline.Item key={title} bullet={<Icon size={14} />} title={title} color={bad ? 'red' : undefined} data-step={title}>
          {content}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
