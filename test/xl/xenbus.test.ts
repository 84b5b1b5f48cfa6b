import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig, settingsOf } from './guests.js';

describe("a guest's event channels and grant frames", () => {
  it('are limits of its xenbus controller, in both directions', () => {
    const config = pvConfig('max_event_channels = 2047', 'max_grant_frames = 96');
    const { output: xml = '' } = convert(config);
    expect(xml).to.include(
      `<controller type='xenbus' index='0' maxGrantFrames='96' maxEventChannels='2047'/>`,
    );
    expect(settingsOf(xml).settings).to.include({ max_event_channels: '2047', max_grant_frames: '96' });
  });

  it('are also limited separately', () => {
    const { settings } = settingsOf(pvXml(`<controller type='xenbus' maxEventChannels='640'/>`));
    expect(settings).to.include({ max_event_channels: '640' });
    expect(settings).not.to.have.property('max_grant_frames');
  });

  for (const limit of ['-1', 'many', '99999999999']) {
    it(`are not limited to ${limit}`, () => {
      const { found } = settingsOf(pvXml(`<controller type='xenbus' maxGrantFrames='${limit}'/>`));
      expect(found.join()).to.include(`maxGrantFrames='${limit}'`);
    });
  }
});
