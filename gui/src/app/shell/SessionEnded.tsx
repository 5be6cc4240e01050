import { Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../api/client';
import { connection } from '../../api/connection';
import { LoginForm } from './LoginForm';

/** Lets somebody whose session ended sign in again above the page, so that nothing they typed is lost. */
export default function SessionEnded({ me }: { me: Me }) {
  const { t } = useTranslation();
  const done = (again: Me) => {
    if (again.id !== me.id) location.reload(); // what is open belongs to somebody else
    else connection.resumed();
  };
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t('session.ended')}>
      <Text mb="md">{t('session.again')}</Text>
      <LoginForm email={me.email} onDone={done} />
    </Modal>
  );
}
