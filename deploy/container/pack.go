package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Media types of the Open Container Initiative.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// descriptor leads to a blob of the archive.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    map[string]string `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// file is one file of an archive.
type file struct {
	name string
	mode int64
	data []byte
}

// blobs collects the blobs of an image by their digests.
type blobs []file

// add keeps a blob and returns what leads to it.
func (b *blobs) add(mediaType string, data []byte) descriptor {
	digest := digestOf(data)
	*b = append(*b, file{"blobs/sha256/" + digest, 0o644, data})
	return descriptor{MediaType: mediaType, Digest: "sha256:" + digest, Size: len(data)}
}

// addJSON keeps a value as JSON.
func (b *blobs) addJSON(mediaType string, value any) (descriptor, error) {
	data, err := json.Marshal(value)
	return b.add(mediaType, data), err
}

// pack makes the archive of an image with one layer, the files of a folder.
func pack(folder, name, architecture string, c config) ([]byte, error) {
	files, err := filesOf(folder)
	if err != nil {
		return nil, err
	}
	layer, err := archive(files)
	if err != nil {
		return nil, err
	}
	var small bytes.Buffer
	zipper := gzip.NewWriter(&small)
	if _, err := zipper.Write(layer); err != nil {
		return nil, err
	}
	if err := zipper.Close(); err != nil {
		return nil, err
	}
	var all blobs
	layerAt := all.add(typeLayer, small.Bytes())
	configAt, err := all.addJSON(typeConfig, map[string]any{
		"architecture": architecture, "os": "linux", "config": c,
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digestOf(layer)}},
	})
	if err != nil {
		return nil, err
	}
	manifestAt, err := all.addJSON(typeManifest, map[string]any{
		"schemaVersion": 2, "mediaType": typeManifest, "config": configAt, "layers": []descriptor{layerAt},
	})
	if err != nil {
		return nil, err
	}
	manifestAt.Platform = map[string]string{"architecture": architecture, "os": "linux"}
	manifestAt.Annotations = map[string]string{"org.opencontainers.image.ref.name": name}
	index, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": typeIndex, "manifests": []descriptor{manifestAt},
	})
	if err != nil {
		return nil, err
	}
	return archive(append([]file{
		{"oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`)}, {"index.json", 0o644, index},
	}, all...))
}

// filesOf lists the files of a folder in the order of their names; folders have no data.
func filesOf(folder string) (files []file, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			files = append(files, file{name: name + "/", mode: 0o755})
			return nil
		}
		information, err := entry.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		files = append(files, file{name, int64(information.Mode().Perm()), data})
		return err
	})
	return files, err
}

// archive writes files as root's, all of one time, so that the same files make the same bytes.
func archive(files []file) ([]byte, error) {
	var whole bytes.Buffer
	w := tar.NewWriter(&whole)
	for _, f := range files {
		header := &tar.Header{
			Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: time.Unix(0, 0), Format: tar.FormatPAX,
			Typeflag: tar.TypeReg,
		}
		if f.name[len(f.name)-1] == '/' {
			header.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return whole.Bytes(), nil
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
