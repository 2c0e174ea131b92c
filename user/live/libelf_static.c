/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For `make static` only. The libelf.a of elfutils 0.192 (Debian 13) calls two functions that were
 * left out of the archive (lib/eu-search.c of its source). They set up and tear down a tree that
 * only elf_getdata_rawchunk() fills, which libbpf never calls: empty is right. Weak, so that an
 * archive that has them wins.
 */
#include <stddef.h>

void eu_search_tree_init(void **root);
void eu_search_tree_fini(void **root, void (*free_node)(void *node));

__attribute__((weak)) void eu_search_tree_init(void **root)
{
	*root = NULL;
}

__attribute__((weak)) void eu_search_tree_fini(void **root, void (*free_node)(void *node))
{
	(void)root;
	(void)free_node;
}
