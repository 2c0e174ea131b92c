# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels, from packages that are unpacked and never installed.

Names are looked up in the machine's own lists; what these do not have is looked for in private
lists of other releases on the same mirror. Downloads stay in build/vm."""

import lzma
import re
import subprocess
import tarfile

# Which releases have the kernels that we want: only asked when the machine's lists do not.
RELEASES = ("bookworm", "trixie")
MODULES = ("irqbypass", "ccp", "kvm", "kvm-amd")  # in the order of their loading


class Missing(Exception):
    """Why there is no such kernel here."""


def _output_of(*command, **options):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=True, timeout=120,
                              **options).stdout
    except FileNotFoundError:
        raise Missing(f"there is no {command[0]}") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return ""


def _by_number(name):
    """Sorts 6.1.0-9 before 6.1.0-10, and a signed kernel after its unsigned twin."""
    return ([int(word) for word in re.findall(r"\d+", name)], not name.endswith("unsigned"))


class Packages:
    def __init__(self, folder):
        self.folder = folder
        self.private = False
        folder.mkdir(parents=True, exist_ok=True)

    def kernel(self, series, flavour):
        """(name of the package, path of its kernel image), the newest that can be had."""
        wanted = re.compile(rf"linux-image-{re.escape(series)}\.\d\S*-{flavour}-amd64(-unsigned)?")
        for options in self._lists():
            names = [name for name in
                     _output_of("apt-cache", *options, "pkgnames", f"linux-image-{series}").split()
                     if wanted.fullmatch(name)]
            for name in sorted(names, key=_by_number, reverse=True)[:3]:
                image = self._image(name, options)
                if image:
                    return name, image
        cached = [folder.name for folder in self.folder.iterdir() if wanted.fullmatch(folder.name)]
        for name in sorted(cached, key=_by_number, reverse=True):
            return name, self._unpacked(name)
        raise Missing(f"no package linux-image-{series}*-{flavour}-amd64 can be had with apt")

    def modules(self, name):
        """Those of MODULES that are no part of the kernel image, in order."""
        paths = (self.folder / name / f"{module}.ko" for module in MODULES)
        return [path for path in paths if path.exists()]

    def _unpacked(self, name):
        """The kernel image, which is unpacked last."""
        return next((self.folder / name).glob("vmlinuz-*"), None)

    def _image(self, name, options):
        if not self._unpacked(name):
            place = self.folder / name
            place.mkdir(exist_ok=True)
            _output_of("apt-get", *options, "-q", "download", name, cwd=place)
            for package in place.glob("*.deb"):
                self._unpack(package, place)
                package.unlink()
            if not self._unpacked(name):
                place.rmdir()
        return self._unpacked(name)

    @staticmethod
    def _unpack(package, place):
        """The kernel image and some modules. The image is put in place when all is there."""
        image = None
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process, \
                tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if not member.isfile():
                    continue
                if name.startswith("vmlinuz-"):
                    image = name
                    (place / "part").write_bytes(archive.extractfile(member).read())
                elif name.partition(".ko")[0] in MODULES and ".ko" in name:
                    content = archive.extractfile(member).read()
                    (place / f"{name.partition('.')[0]}.ko").write_bytes(
                        lzma.decompress(content) if name.endswith(".xz") else content)
        if image:
            (place / "part").rename(place / image)

    def _lists(self):
        """Options for apt: the machine's lists, then ours."""
        yield ()
        options = self._private_lists()
        if options:
            yield options

    def _private_lists(self):
        lists = self.folder / "apt"
        options = ("-o", f"Dir::Etc::SourceList={lists}/sources.list",
                   "-o", "Dir::Etc::SourceParts=-", "-o", f"Dir::State::Lists={lists}/lists",
                   "-o", f"Dir::Cache={lists}/cache")
        if not self.private:
            sources = self._sources()
            if not sources:
                return ()
            for part in ("lists/partial", "cache/archives/partial"):
                (lists / part).mkdir(parents=True, exist_ok=True)
            (lists / "sources.list").write_text(sources)
            _output_of("apt-get", *options, "-q", "update")
            self.private = True
        return options

    @staticmethod
    def _sources():
        """Lines for other releases, with the mirror and the keys of this machine's own."""
        lines = set()
        targets = _output_of("apt-get", "indextargets", "--format",
                             "$(LABEL)|$(REPO_URI)|$(SIGNED_BY)", "Created-By: Packages")
        for target in targets.splitlines():
            label, mirror, key = target.split("|")
            key = f" signed-by={key}" if key.startswith("/") else ""
            suffix = {"Debian": "", "Debian-Security": "-security"}.get(label)
            if suffix is not None:
                lines.update(f"deb [arch=amd64{key}] {mirror} {release}{suffix} main\n"
                             for release in RELEASES)
        return "".join(sorted(lines))
