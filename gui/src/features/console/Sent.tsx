import { Alert, Group } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Tracked } from '../../api/track';
import { AnchorLink } from '../../ui/links';

/** Tells that events were stored, and leads to them. */
export function Sent({ answer }: { answer: Tracked }) {
  const { t } = useTranslation('console');
  const [event] = answer.events;
  const profile = answer.profile.id;
  return (
    <Alert color="teal" variant="outline" icon={<IconCircleCheck size={20} />} title={t('sent')} role="status">
      <Group>
        {event && (
          <AnchorLink to="/events" search={{ event }} underline="always">
            {t('seeEvent')}
          </AnchorLink>
        )}
        {profile && (
          <AnchorLink to="/profiles/$id" params={{ id: profile }} underline="always">
            {t('seeProfile')}
          </AnchorLink>
        )}
      </Group>
    </Alert>
  );
}
