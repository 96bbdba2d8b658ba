/*
 * Included before preprocess.c of scripts/kconfig when conf is built with remembered probes: popen() answers from the file that
 * KCONF_PROBES names, and adds to it what it has to run. One record: "<length of command> <length of output>\n<command><output>".
 * conf's own treatment of the output (4,095 bytes, newlines) stays its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *probes;
static size_t probes_size;

static void probes_load(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && (probes = malloc(st.st_size + 1)) != NULL) {
		ssize_t got = read(fd, probes, st.st_size);

		probes_size = got > 0 ? got : 0;
		probes[probes_size] = 0;
	}
	close(fd);
}

static FILE *stream_of(const char *output, size_t size)
{
	FILE *stream = tmpfile();

	if (!stream || fwrite(output, 1, size, stream) != size) {
		perror("probe cache");
		exit(1);
	}
	rewind(stream);
	return stream;
}

static FILE *remembered_popen(const char *command, const char *mode)
{
	const char *path = getenv("KCONF_PROBES");
	size_t at = 0, length = strlen(command), size;
	static char output[65536];
	static int loaded;
	char head[64];
	FILE *process;
	int fd, n;

	if (!path)
		return popen(command, mode);
	if (!loaded++)
		probes_load(path);
	while (at < probes_size) {
		size_t command_length, output_length;

		if (sscanf(probes + at, "%zu %zu\n%n", &command_length, &output_length, &n) < 2)
			break;
		at = strchr(probes + at, '\n') + 1 - probes;
		if (at + command_length + output_length > probes_size)
			break;
		if (command_length == length && !memcmp(probes + at, command, length))
			return stream_of(probes + at + length, output_length);
		at += command_length + output_length;
	}

	process = popen(command, mode);
	if (!process)
		return NULL;
	size = fread(output, 1, sizeof(output), process);
	pclose(process);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (fd >= 0) {
		/* One write, so that records of runs side by side do not mix. */
		n = snprintf(head, sizeof(head), "%zu %zu\n", length, size);
		char *record = malloc(n + length + size);

		memcpy(record, head, n);
		memcpy(record + n, command, length);
		memcpy(record + n + length, output, size);
		if (write(fd, record, n + length + size) < 0)
			perror(path);
		close(fd);
		free(record);
	}
	return stream_of(output, size);
}

static int remembered_pclose(FILE *stream)
{
	return fclose(stream);
}

#define popen(command, mode) (getenv("KCONF_PROBES") ? remembered_popen(command, mode) : popen(command, mode))
#define pclose(stream) (getenv("KCONF_PROBES") ? remembered_pclose(stream) : pclose(stream))
