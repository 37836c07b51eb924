// Pages drawn by the server work without a script; this one only keeps the theme a person chose.
import './pages.css';
import './administration.css';

try {
  if (localStorage.getItem('theme') === 'dark') document.documentElement.dataset.theme = 'dark';
} catch {
  // A browser that keeps nothing shows the light page.
}
