/** The networks by the name of their architecture. */
import type { DataShape, NetworkSettings } from '../networks.ts';
import { cnn } from './cnn.ts';
import { mlp } from './mlp.ts';
import type { Model } from './model.ts';
import { resnet } from './resnet.ts';
import { vgg11 } from './vgg11.ts';

/** Makes the network that an experiment asks for, for images that it takes (`imageProblem` in shared/networks.ts). */
export function modelFor(settings: NetworkSettings, { classes, ...image }: DataShape): Model {
  switch (settings.architecture) {
    case 'mlp':
      return mlp({ ...settings, features: image.channels * image.height * image.width, classes });
    case 'cnn':
      return cnn({ ...settings, image, classes });
    case 'vgg11':
      return vgg11({ ...settings, image, classes });
    case 'resnet':
      return resnet({ ...settings, image, classes });
  }
}
