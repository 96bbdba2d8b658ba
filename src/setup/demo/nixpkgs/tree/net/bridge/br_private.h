#ifndef _BR_PRIVATE_H
#define _BR_PRIVATE_H

/* Path to usermode spanning tree program */
#define BR_STP_PROG	"/sbin/bridge-stp"

#endif
