/** What is not tuned of the update rules. Each way of training takes them from here, or losses would part. */

/** Decay of Adam's second moment. */
export const beta2 = 0.999
/** Decay of RMSProp's mean square. */
export const rho = 0.9
/** Of Adam and RMSProp, outside the root. */
export const epsilon = 1e-8
