// Invariant: the ground is grey; colour that means something is the status colour of ui/tokens.css
// and nothing on the ground comes near it (no green, olive greens stay grey).

export type Theme = 'light' | 'dark';

export interface Palette {
  outside: string;
  region: string;
  regionEdge: string;
  border: string;
  green: string;
  airport: string;
  water: string;
  rail: string;
  road: string;
  roadCasing: string;
  freeway: string;
  freewayCasing: string;
  ring: string;
  ringCasing: string;
  label: string;
  labelFaint: string;
  labelGreen: string;
  halo: string;
  shield: string;
  shieldEdge: string;
  text: string;
  panel: string;
  idle: string;
  vehicle: string;
  vehicleEdge: string;
  hollow: string;
  amber: string;
  amberEdge: string;
  amberText: string;
  blue: string;
  red: string;
  redText: string;
  line: string;
}

const light: Palette = {
  outside: '#e1e5e9',
  region: '#f0f2f4',
  regionEdge: '#a9b2bb',
  border: '#cad0d6',
  green: '#dcddd2',
  airport: '#d6dae0',
  water: '#a9bccb',
  rail: '#adb5bd',
  road: '#ffffff',
  roadCasing: '#c6cdd4',
  freeway: '#ffffff',
  freewayCasing: '#a9b3bd',
  ring: '#ffffff',
  ringCasing: '#8a95a0',
  label: '#4f5861',
  labelFaint: '#565f68',
  labelGreen: '#5a5b4f',
  halo: '#f3f4f6',
  shield: '#eef0f2',
  shieldEdge: '#b0b8c0',
  text: '#1b1f24',
  panel: '#ffffff',
  idle: '#8b959f',
  vehicle: '#58626c',
  vehicleEdge: '#ffffff',
  hollow: '#f3f4f6',
  amber: '#ffc53d',
  amberEdge: '#8a5a00',
  amberText: '#1b1f24',
  blue: '#1f6fc4',
  red: '#a4001d',
  redText: '#ffffff',
  line: '#1b1f24',
};

const dark: Palette = {
  outside: '#14171a',
  region: '#1c2024',
  regionEdge: '#4a545e',
  border: '#30373e',
  green: '#23251f',
  airport: '#262b32',
  water: '#2b3b48',
  rail: '#434c55',
  road: '#39424a',
  roadCasing: '#171a1e',
  freeway: '#48535d',
  freewayCasing: '#14171a',
  ring: '#5a6670',
  ringCasing: '#14171a',
  label: '#a3adb7',
  labelFaint: '#949ea8',
  labelGreen: '#989b8d',
  halo: '#16191c',
  shield: '#242a30',
  shieldEdge: '#505b65',
  text: '#e8ebee',
  panel: '#1e2329',
  idle: '#7c8793',
  vehicle: '#c3cad1',
  vehicleEdge: '#14171a',
  hollow: '#1c2024',
  amber: '#ffc53d',
  amberEdge: '#ffc53d',
  amberText: '#14171a',
  blue: '#6cb6ff',
  red: '#e0242f',
  redText: '#ffffff',
  line: '#e8ebee',
};

export const palettes: Record<Theme, Palette> = { light, dark };
