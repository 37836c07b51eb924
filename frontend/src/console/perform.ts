// What each key and each button of the palette does to the desk; where a key means nothing, nothing.
import type { Desk } from './desk.svelte';
import type { ListCommand } from './keys';

export function perform(desk: Desk, asked: ListCommand, cycle: (by: 1 | -1) => void): void {
  const row = desk.current ? desk.row(desk.current) : null;
  if (asked.do === 'undo') void desk.undoLast();
  else if (asked.do === 'region') cycle(asked.by);
  else if (asked.do === 'newest') newest(desk);
  else if (asked.do === 'palette') desk.panel = { kind: 'palette' };
  else if (asked.do === 'help') desk.panel = { kind: 'help' };
  else if (asked.do === 'acknowledge') acknowledge(desk);
  else if (asked.do === 'review') review(desk);
  else if (asked.do === 'all') tickAll(desk);
  else if (row) onRow(desk, asked, row.id);
}

function onRow(desk: Desk, asked: ListCommand, id: string): void {
  const row = desk.row(id);
  if (!row) return;
  if (asked.do === 'disarm') desk.armed = null;
  if (!desk.active) return;
  const undecided = row.stage === 'undecided';
  if (asked.do === 'arm' && undecided) desk.arm(id, asked.choice);
  else if (asked.do === 'commit' && undecided) desk.commitArmed(id);
  else if (asked.do === 'keep' && undecided) desk.panel = { kind: 'keep', rowId: id };
  else if (asked.do === 'other') desk.panel = { kind: 'other', rowId: id, siteId: null };
  else if (asked.do === 'radio' && row.stage === 'ordered') void desk.crewAnswered(row);
  else if (asked.do === 'tick' && undecided) {
    if (!desk.ticked.delete(id)) desk.ticked.add(id);
  }
}

function review(desk: Desk): void {
  if (!desk.active || desk.undecided.length === 0) return;
  const only = desk.picked.length > 0 ? new Set(desk.picked.map((row) => row.id)) : null;
  desk.panel = { kind: 'bulk', siteId: null, only };
}

function tickAll(desk: Desk): void {
  const all = desk.undecided.map((row) => row.id);
  const full = all.every((id) => desk.ticked.has(id));
  for (const id of all) {
    if (full) desk.ticked.delete(id);
    else desk.ticked.add(id);
  }
}

function acknowledge(desk: Desk): void {
  const alarm = desk.watch.newest();
  if (alarm) desk.acknowledge(alarm);
}

function newest(desk: Desk): void {
  const alarm = desk.watch.newest() ?? desk.watch.alarms[0];
  if (alarm) desk.show(alarm);
}
