/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of a file to be written, opened without being led astray: in a folder where everybody
 * may put things (/tmp), symbolic links of others are not followed, whatever fs.protected_symlinks
 * says (proc_sys_fs(5), whose rule this is).
 */
#ifndef OUT_FOLDER_H
#define OUT_FOLDER_H

/*
 * A path that names the same file and cannot be moved under us, by way of the folder's descriptor,
 * *fd: it works as long as that is open; both are the caller's. 0 or -errno; -ELOOP also for a link
 * that was not followed.
 */
int out_folder_open(const char *path, int *fd, char **fixed_path);

#endif
