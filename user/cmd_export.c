/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "command.h"

int cmd_export(int argc, char **argv)
{
	(void)argc;
	log_error("'%s' is not written yet", argv[0]);
	return EXIT_FAILED;
}
