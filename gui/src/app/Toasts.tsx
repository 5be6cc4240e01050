import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

/** Where short messages show up. */
export default function Toasts() {
  return <Notifications position="bottom-right" />;
}
