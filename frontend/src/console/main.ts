// The dispatch console's entry: boot data, theme, language, one component.
import { mount } from 'svelte';
import { readBoot } from '../api/boot';
import { setLanguage } from '../i18n';
import { restoreTheme } from '../ui/theme';
import '../ui/tokens.css';
import '../ui/table.css';
import Console from './Console.svelte';

const boot = readBoot();
const place = document.getElementById('app');
if (!place) throw new Error('This page was served without a place for the application.');
restoreTheme('light');
setLanguage(boot.language);
place.replaceChildren();
mount(Console, { target: place, props: { boot } });
