// The emergency department's screen: no map, no dispatch code, nothing that is not needed at 3 m.
import { mount } from 'svelte';
import { readBoot } from '../api/boot';
import '../ui/tokens.css';
import { keepShell } from '../offline/shell';
import { restoreTheme } from '../ui/theme';
import App from './App.svelte';
import './screen.css';

restoreTheme('dark');
const target = document.getElementById('app');
if (!target) throw new Error('This page was served without a place for the application.');
target.replaceChildren();
mount(App, { target, props: { boot: readBoot() } });
void keepShell();
