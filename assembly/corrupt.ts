export { addNormal, draw, fill, move, poisson, replace, stretch } from './noise';
