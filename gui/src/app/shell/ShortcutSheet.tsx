import { Modal, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { keyNames, useShortcuts } from '../shortcuts';

/** Lists the shortcuts that work on the page that is open. */
export default function ShortcutSheet({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const list = useShortcuts();
  return (
    <Modal opened onClose={onClose} title={t('shell.shortcuts')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {list.map(({ keys, label }) => (
            <Table.Tr key={keys + label} data-shortcut={keys}>
              <Table.Td>{label}</Table.Td>
              <Table.Td ta="right">
                {keyNames(keys).map((step, at) => (
                  <span key={at}>
                    {at > 0 && ` ${t('shell.then')} `}
                    {step.map((key) => (
                      <kbd key={key} style={{ marginInlineStart: 2 }}>
                        {key}
                      </kbd>
                    ))}
                  </span>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
