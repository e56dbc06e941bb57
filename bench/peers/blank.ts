/** No library: a canvas that is filled anew in each frame. What it takes is the least that any picture of this size can take here. */
import { drawn, type Peer } from './peer.ts';

export const blank: Peer = {
  mount: async (host) => {
    const canvas = document.createElement('canvas');
    canvas.width = host.clientWidth;
    canvas.height = host.clientHeight;
    host.append(canvas);
    const pen = canvas.getContext('2d');
    await drawn();
    return ({ x }) => {
      if (!pen) return;
      pen.fillStyle = x % 2 < 1 ? '#ffffff' : '#f0f0f0';
      pen.fillRect(0, 0, canvas.width, canvas.height);
    };
  },
  layouts: {},
};
