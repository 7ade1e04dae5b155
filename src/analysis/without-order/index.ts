export { orderAgreement } from './order-agreement.ts';
export {
  type LabelOrder,
  log10Structures,
  type OrderOptions,
  type OrderSource,
  orderSources,
  type RecoveredOrder,
  recoverOrder,
  recoverOrderOfLabels,
  type TokenOrder,
} from './recover-order.ts';
