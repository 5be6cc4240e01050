import { Alert, Tabs, Text } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Json } from '../../api/documents';
import type { Trial } from '../../api/story';
import { JsonView } from '../../ui/json/JsonView';
import styles from './ConsolePage.module.css';
import { Stages } from './Stages';

/** What would become of a payload. */
export function Result({ trial }: { trial: Trial }) {
  const { t } = useTranslation(['console', 'events']);
  const documents: [name: 'events' | 'profile' | 'others' | 'session' | 'answer', value: unknown][] = [
    ['events', trial.events],
    ['profile', trial.profile?.after],
    ['others', trial.others?.map(({ after }) => after)],
    ['session', trial.session?.after],
    ['answer', trial.answer],
  ];
  const shown = documents.filter(([, value]) => value !== undefined && value !== null);
  return (
    <>
      {trial.refused ? (
        <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title={t('refused')} role="status">
          {t('refusedBy', { message: trial.refused.message, stage: trial.refused.stage })}
        </Alert>
      ) : (
        <Alert color="teal" variant="outline" icon={<IconCircleCheck size={20} />} title={t('accepted')} role="status">
          {trial.identity && (
            <Text>
              {t('events:story.how')}: {t(`events:how.${trial.identity}`)}
            </Text>
          )}
          {trial.repeated > 0 && <Text>{t('repeated', { count: trial.repeated })}</Text>}
        </Alert>
      )}
      <Tabs defaultValue="stages" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="stages">{t('tab.stages')}</Tabs.Tab>
          {shown.map(([name]) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="stages" pt="md">
          <Stages stages={trial.stages} />
        </Tabs.Panel>
        {shown.map(([name, value]) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <div className={styles.json}>
              <JsonView value={value as Json} label={t(`tab.${name}`)} />
            </div>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
