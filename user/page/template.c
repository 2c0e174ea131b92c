/* SPDX-License-Identifier: Apache-2.0 */
#include "page/template.h"

#include <errno.h>
#include <string.h>

/* clang-format off */
__asm__(".section .rodata\n"
	".global page_template_begin\n"
	"page_template_begin:\n"
	".incbin \"" PAGE_FILE "\"\n"
	".global page_template_end\n"
	"page_template_end:\n"
	".byte 0\n"
	".previous\n");
/* clang-format on */

extern const char page_template_begin[];
extern const char page_template_end[];

/* html/index.html holds these lines. */
#define DATA_PLACE "<!--DATA-->"
#define MORE_PLACE "<!--MORE-->"
#define LICENCES_BEGIN "<script type=\"text/plain\" id=\"licences\">"
#define LICENCES_END "</script>"

static const char *find(const char *from, const char *text)
{
	return memmem(from, (size_t)(page_template_end - from), text, strlen(text));
}

int template_parts(struct template_part parts[TEMPLATE_PARTS])
{
	static const char *const places[] = { DATA_PLACE, MORE_PLACE };
	const char *from = page_template_begin;

	for (int i = 0; i < TEMPLATE_PARTS - 1; i++) {
		const char *place = find(from, places[i]);

		if (!place)
			return -EBADMSG;
		parts[i] = (struct template_part){ from, (size_t)(place - from) };
		from = place + strlen(places[i]);
	}
	parts[TEMPLATE_PARTS - 1] =
		(struct template_part){ from, (size_t)(page_template_end - from) };
	return 0;
}

struct template_part template_licences(void)
{
	const char *begin = find(page_template_begin, LICENCES_BEGIN);
	const char *end;

	if (!begin)
		return (struct template_part){ "", 0 };
	begin += strlen(LICENCES_BEGIN);
	end = find(begin, LICENCES_END);
	return (struct template_part){ begin, end ? (size_t)(end - begin) : 0 };
}
