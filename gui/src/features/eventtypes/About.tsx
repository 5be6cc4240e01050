import { Group, Badge, Skeleton, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EventType } from '../../api/eventtypes';
import { Facts } from '../../ui/Facts';

/** What Tracardi knows of a type. */
export function About({ type, loading }: { type?: EventType; loading: boolean }) {
  const { t } = useTranslation('eventtypes');
  if (loading) return <Skeleton h={90} />;
  if (!type) return <Text c="dimmed">{t('ownText')}</Text>;
  return (
    <Stack gap="sm">
      <Text>{type.description}</Text>
      <Facts
        facts={[
          [t('domain'), type.domain],
          [t('state'), type.state],
          [
            t('tags'),
            type.tags && type.tags.length > 0 && (
              <Group gap="xs">
                {type.tags.map((tag) => (
                  <Badge key={tag} color="gray">
                    {tag}
                  </Badge>
                ))}
              </Group>
            ),
          ],
        ]}
      />
    </Stack>
  );
}
