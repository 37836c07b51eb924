// The hospital page: usable from the first paint, on any phone, before the first frame has come.
import { mount } from 'svelte';
import { readBoot } from '../api/boot';
import '../ui/tokens.css';
import { keepShell } from '../offline/shell';
import { restoreTheme } from '../ui/theme';
import App from './App.svelte';
import './site.css';

restoreTheme('light');
const target = document.getElementById('app');
if (!target) throw new Error('This page was served without a place for the application.');
target.replaceChildren();
mount(App, { target, props: { boot: readBoot() } });
void keepShell();
