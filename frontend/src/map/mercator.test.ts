import { describe, expect, it } from 'vitest';
import { extentAt, extentView } from './camera';
import { shifted, zoomedAbout } from './drawn';
import { fitted, metresPerPixel, placeAt, projector, type View } from './mercator';

const view: View = { lon: 4.36, lat: 50.84, zoom: 11, width: 660, height: 600 };

describe('a view', () => {
  it('puts its centre in the middle and north up', () => {
    const project = projector(view);
    expect(project(4.36, 50.84)).toEqual({ x: 330, y: 300 });
    expect(project(4.36, 50.9).y).toBeLessThan(300);
    expect(project(4.46, 50.84).x).toBeGreaterThan(330);
  });

  it('finds the place under a pixel again', () => {
    const pixel = { x: 17, y: 433 };
    const [lon, lat] = placeAt(view, pixel);
    const back = projector(view)(lon, lat);
    expect(back.x).toBeCloseTo(17, 6);
    expect(back.y).toBeCloseTo(433, 6);
  });

  it('knows its scale: about 24 metres a pixel at zoom 11 in Brussels', () => {
    expect(metresPerPixel(50.84, 11)).toBeCloseTo(24.1, 1);
  });

  it('fits bounds inside the padding', () => {
    const padding = { top: 20, right: 40, bottom: 30, left: 10 };
    const fit = fitted([4.24, 50.76, 4.48, 50.92], 660, 600, padding);
    const project = projector(fit);
    const [nw, se] = [project(4.24, 50.92), project(4.48, 50.76)];
    expect(nw.x).toBeGreaterThanOrEqual(9.99);
    expect(nw.y).toBeGreaterThanOrEqual(19.99);
    expect(se.x).toBeLessThanOrEqual(620.01);
    expect(se.y).toBeLessThanOrEqual(570.01);
  });

  it('is recognised as the full picture only while it is one', () => {
    const homes = {
      region: extentView([4.24, 50.76, 4.48, 50.92], 660, 600),
      belt: extentView([4, 50.6, 4.7, 51], 660, 600),
    };
    expect(extentAt(homes.region, homes)).toBe('region');
    expect(extentAt(homes.belt, homes)).toBe('belt');
    expect(extentAt(shifted(homes.region, 30, 0), homes)).toBeNull();
    expect(extentAt({ ...homes.region, zoom: homes.region.zoom + 0.3 }, homes)).toBeNull();
  });

  it('keeps what lies under the pointer while zooming', () => {
    const pixel = { x: 100, y: 500 };
    const before = placeAt(view, pixel);
    const after = placeAt(zoomedAbout(view, 1.3, pixel), pixel);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
  });
});
