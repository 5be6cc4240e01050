import '@mantine/core/styles.layer.css';
import './app/app.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { startLanguage } from './app/i18n';

const place = document.getElementById('root');
if (!place) throw new Error('the page has no place for the application');
await startLanguage();
createRoot(place).render(<App />);
