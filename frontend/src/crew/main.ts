// The crew's page: a phone in an ambulance, one vehicle, one order at a time.
import { mount } from 'svelte';
import { readBoot } from '../api/boot';
import '../ui/tokens.css';
import { restoreTheme } from '../ui/theme';
import App from './App.svelte';
import './crew.css';

restoreTheme('light');
const target = document.getElementById('app');
if (!target) throw new Error('This page was served without a place for the application.');
target.replaceChildren();
mount(App, { target, props: { boot: readBoot() } });
