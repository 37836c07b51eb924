// Pages drawn by the server need no script; this only carries their style sheet and a stored theme.
import './pages.css';
